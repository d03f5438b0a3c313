// Facts out of the bodies of records.
#include "store/ledger/fact_codec.hpp"

#include <fmt/format.h>

#include <utility>

#include "facts.pb.h"

namespace mailhold::store::ledger {
namespace {

namespace pb = mailhold::ledger::v1;

Generation get(const pb::Generation& in) {
    return {in.account(), in.mailbox(), UidValidity{in.uidvalidity()}};
}

std::vector<std::string> strings(const google::protobuf::RepeatedPtrField<std::string>& in) {
    return {in.begin(), in.end()};
}

Digest digest(const std::string& raw) {
    return digest_from_bytes(raw).value_or(Digest{});
}

Workspace get(const pb::Workspace& in) {
    return {in.owner(), UidValidity{in.uidvalidity()}};
}

MessageStored get(const pb::MessageStored& in) {
    return {digest(in.sha256()), in.size()};
}
Fact get(const pb::AccountDeclared& in) {
    return AccountDeclared{in.account(), in.url()};
}
Fact get(const pb::MailboxListed& in) {
    return MailboxListed{in.account(), in.mailbox(), in.separator(), strings(in.attributes())};
}
Fact get(const pb::MailboxGone& in) {
    return MailboxGone{in.account(), in.mailbox()};
}
Fact get(const pb::GenerationOpened& in) {
    return GenerationOpened{get(in.generation())};
}
ZonedSeconds zoned(std::int64_t utc_seconds, std::int32_t offset_minutes) {
    return {UtcSeconds(std::chrono::seconds(utc_seconds)),
            static_cast<std::int16_t>(offset_minutes)};
}
Fact get(const pb::Sighting& in) {
    return Sighting{get(in.generation()),
                    Uid{in.uid()},
                    digest(in.sha256()),
                    in.size(),
                    zoned(in.internal_date_utc_seconds(), in.internal_date_offset_minutes()),
                    strings(in.flags()),
                    ModSeq{in.modseq()},
                    static_cast<DateFrom>(std::min(in.date_from(), 2U)),
                    in.has_said_size() ? std::optional(in.said_size()) : std::nullopt,
                    in.has_saved_utc_seconds()
                        ? std::optional(zoned(in.saved_utc_seconds(), in.saved_offset_minutes()))
                        : std::nullopt};
}
Fact get(const pb::FlagsSeen& in) {
    return FlagsSeen{get(in.generation()), Uid{in.uid()}, strings(in.flags()), ModSeq{in.modseq()}};
}
std::vector<Uid> uids(const google::protobuf::RepeatedField<std::uint32_t>& in) {
    std::vector<Uid> uids;
    uids.reserve(static_cast<std::size_t>(in.size()));
    for (const auto uid : in) uids.push_back(Uid{uid});
    return uids;
}
Fact get(const pb::Vanished& in) {
    return Vanished{get(in.generation()), uids(in.uids())};
}
Fact get(const pb::GenerationSynced& in) {
    return GenerationSynced{get(in.generation()), Uid{in.uidnext()}, ModSeq{in.highest_modseq()},
                            in.messages()};
}
Fact get(const pb::Excluded& in) {
    return Excluded{in.account(), in.mailbox(), in.rule()};
}
Fact get(const pb::Quarantined& in) {
    return Quarantined{get(in.generation()), Uid{in.uid()}, in.reason()};
}
Fact get(const pb::Awaited& in) {
    return Awaited{get(in.generation()), uids(in.uids())};
}
Fact get(const pb::Reconciled& in) {
    return Reconciled{.generation = get(in.generation()),
                      .began = UtcMicros(std::chrono::microseconds(in.began_utc_micros())),
                      .ended = UtcMicros(std::chrono::microseconds(in.ended_utc_micros())),
                      .mailboxes = in.mailboxes(),
                      .shown = in.shown(),
                      .missing = in.missing(),
                      .replaced = in.replaced(),
                      .gone = in.gone(),
                      .repaired = in.repaired(),
                      .unaccounted = in.unaccounted(),
                      .problem = in.problem()};
}
Fact get(const pb::Moved& in) {
    return Moved{digest(in.sha256()), get(in.from()), Uid{in.from_uid()}, get(in.to()),
                 Uid{in.to_uid()}};
}
Fact get(const pb::Renamed& in) {
    return Renamed{in.account(), in.from(), in.to()};
}
Fact get(const pb::SecurityShown& in) {
    return SecurityShown{in.account(),   in.url(),     in.tls(), strings(in.mechanisms()),
                         in.mechanism(), in.binding(), in.key(), in.issuer(),
                         in.confirmed()};
}

Fact get(const pb::WorkspaceNamed& in) {
    return WorkspaceNamed{get(in.workspace()), in.name(), strings(in.attributes()), in.search()};
}
Fact get(const pb::WorkspaceDeleted& in) {
    return WorkspaceDeleted{get(in.workspace())};
}
Fact get(const pb::Filed& in) {
    Filed fact{get(in.workspace()), Uid{in.first()}, {}};
    for (const auto& message : in.messages()) {
        fact.messages.push_back(
            {digest(message.sha256()),
             zoned(message.internal_date_utc_seconds(), message.internal_date_offset_minutes()),
             strings(message.flags())});
    }
    return fact;
}
Fact get(const pb::Flagged& in) {
    return Flagged{get(in.workspace()), uids(in.uids()), strings(in.flags())};
}
Fact get(const pb::Unfiled& in) {
    return Unfiled{get(in.workspace()), uids(in.uids())};
}
Fact get(const pb::Granted& in) {
    return Granted{get(in.workspace()), in.identifier(), in.rights()};
}
Fact get(const pb::Annotated& in) {
    return Annotated{in.user(),    in.account(),
                     in.mailbox(), get(in.workspace()),
                     in.entry(),   in.has_value() ? std::optional(in.value()) : std::nullopt};
}
Fact get(const pb::Accessed& in) {
    return Accessed{.time = UtcMicros(std::chrono::microseconds(in.time_utc_micros())),
                    .user = in.user(),
                    .address = in.address(),
                    .session = in.session(),
                    .what = static_cast<Accessed::What>(std::min(in.what(), 6U)),
                    .mailbox = in.mailbox(),
                    .detail = in.detail(),
                    .outcome = in.outcome()};
}
Fact get(const pb::Journaled& in) {
    return Journaled{
        .generation = get(in.generation()),
        .uid = Uid{in.uid()},
        .digest = digest(in.sha256()),
        .time = UtcMicros(std::chrono::microseconds(in.time_utc_micros())),
        .sender = in.sender(),
        .recipients = strings(in.recipients()),
        .peer = in.peer(),
        .helo = in.helo(),
        .protocol = in.protocol(),
        .tls = in.tls(),
        .report = in.has_report_sha256() ? digest_from_bytes(in.report_sha256()) : std::nullopt};
}
Fact get(const pb::Subscribed& in) {
    return Subscribed{in.user(), in.mailbox(), in.wanted()};
}

Fact get(const pb::PersonallyFlagged& in) {
    return PersonallyFlagged{in.user(), in.account(), in.mailbox(), uids(in.uids()),
                             strings(in.flags())};
}

Fact get(const pb::GmailSeen& in) {
    return GmailSeen{get(in.generation()), Uid{in.uid()}, in.message_id(), in.thread_id(),
                     in.has_labels() ? std::optional(strings(in.labels())) : std::nullopt};
}

template <class Message>
Result<Content> parse(Kind kind, std::string_view raw) {
    Message message;
    bool whole = message.ParseFromArray(raw.data(), static_cast<int>(raw.size()));
    if constexpr (requires { message.sha256(); })
        whole = whole && message.sha256().size() == sizeof(Digest);
    if (!whole) {
        return fail(Errc::corrupt, fmt::format("the body of a record of kind {} cannot be read",
                                               std::to_underlying(kind)));
    }
    return get(message);
}

}  // namespace

Result<Content> decode_body(Kind kind, std::string_view raw) {
    switch (kind) {
        case Kind::message_stored:
            return parse<pb::MessageStored>(kind, raw);
        case Kind::account_declared:
            return parse<pb::AccountDeclared>(kind, raw);
        case Kind::mailbox_listed:
            return parse<pb::MailboxListed>(kind, raw);
        case Kind::mailbox_gone:
            return parse<pb::MailboxGone>(kind, raw);
        case Kind::generation_opened:
            return parse<pb::GenerationOpened>(kind, raw);
        case Kind::sighting:
            return parse<pb::Sighting>(kind, raw);
        case Kind::flags_seen:
            return parse<pb::FlagsSeen>(kind, raw);
        case Kind::vanished:
            return parse<pb::Vanished>(kind, raw);
        case Kind::generation_synced:
            return parse<pb::GenerationSynced>(kind, raw);
        case Kind::excluded:
            return parse<pb::Excluded>(kind, raw);
        case Kind::quarantined:
            return parse<pb::Quarantined>(kind, raw);
        case Kind::awaited:
            return parse<pb::Awaited>(kind, raw);
        case Kind::reconciled:
            return parse<pb::Reconciled>(kind, raw);
        case Kind::moved:
            return parse<pb::Moved>(kind, raw);
        case Kind::renamed:
            return parse<pb::Renamed>(kind, raw);
        case Kind::security_shown:
            return parse<pb::SecurityShown>(kind, raw);
        case Kind::workspace_named:
            return parse<pb::WorkspaceNamed>(kind, raw);
        case Kind::workspace_deleted:
            return parse<pb::WorkspaceDeleted>(kind, raw);
        case Kind::filed:
            return parse<pb::Filed>(kind, raw);
        case Kind::flagged:
            return parse<pb::Flagged>(kind, raw);
        case Kind::unfiled:
            return parse<pb::Unfiled>(kind, raw);
        case Kind::subscribed:
            return parse<pb::Subscribed>(kind, raw);
        case Kind::personally_flagged:
            return parse<pb::PersonallyFlagged>(kind, raw);
        case Kind::gmail_seen:
            return parse<pb::GmailSeen>(kind, raw);
        case Kind::annotated:
            return parse<pb::Annotated>(kind, raw);
        case Kind::accessed:
            return parse<pb::Accessed>(kind, raw);
        case Kind::journaled:
            return parse<pb::Journaled>(kind, raw);
        case Kind::granted:
            return parse<pb::Granted>(kind, raw);
    }
    return UnknownKind{};
}

}  // namespace mailhold::store::ledger
