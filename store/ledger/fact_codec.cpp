#include "store/ledger/fact_codec.hpp"

#include <fmt/format.h>

#include <utility>

#include "facts.pb.h"

namespace mailhold::store::ledger {
namespace {

namespace pb = mailhold::ledger::v1;

void put(pb::Generation* out, const Generation& generation) {
    out->set_account(generation.account);
    out->set_mailbox(generation.mailbox);
    out->set_uidvalidity(number(generation.uidvalidity));
}

Generation get(const pb::Generation& in) {
    return {in.account(), in.mailbox(), UidValidity{in.uidvalidity()}};
}

std::vector<std::string> strings(const google::protobuf::RepeatedPtrField<std::string>& in) {
    return {in.begin(), in.end()};
}

Digest digest(const std::string& raw) {
    return digest_from_bytes(raw).value_or(Digest{});
}

EncodedBody body(Kind kind, const google::protobuf::MessageLite& message) {
    return {kind, message.SerializeAsString()};
}

void put(pb::Workspace* out, const Workspace& workspace) {
    out->set_owner(workspace.owner);
    out->set_uidvalidity(number(workspace.uidvalidity));
}

Workspace get(const pb::Workspace& in) {
    return {in.owner(), UidValidity{in.uidvalidity()}};
}

struct Encode {
    EncodedBody operator()(const AccountDeclared& fact) const {
        pb::AccountDeclared out;
        out.set_account(fact.account);
        out.set_url(fact.url);
        return body(Kind::account_declared, out);
    }
    EncodedBody operator()(const MailboxListed& fact) const {
        pb::MailboxListed out;
        out.set_account(fact.account);
        out.set_mailbox(fact.mailbox);
        out.set_separator(fact.separator);
        for (const auto& attribute : fact.attributes) out.add_attributes(attribute);
        return body(Kind::mailbox_listed, out);
    }
    EncodedBody operator()(const MailboxGone& fact) const {
        pb::MailboxGone out;
        out.set_account(fact.account);
        out.set_mailbox(fact.mailbox);
        return body(Kind::mailbox_gone, out);
    }
    EncodedBody operator()(const GenerationOpened& fact) const {
        pb::GenerationOpened out;
        put(out.mutable_generation(), fact.generation);
        return body(Kind::generation_opened, out);
    }
    EncodedBody operator()(const Sighting& fact) const {
        pb::Sighting out;
        put(out.mutable_generation(), fact.generation);
        out.set_uid(number(fact.uid));
        out.set_sha256(fact.digest.bytes.data(), fact.digest.bytes.size());
        out.set_size(fact.size);
        out.set_internal_date_utc_seconds(fact.internal_date.utc.time_since_epoch().count());
        out.set_internal_date_offset_minutes(fact.internal_date.offset_minutes);
        for (const auto& flag : fact.flags) out.add_flags(flag);
        out.set_modseq(number(fact.modseq));
        out.set_date_from(std::to_underlying(fact.date_from));
        if (fact.said_size) out.set_said_size(*fact.said_size);
        if (fact.saved) {
            out.set_saved_utc_seconds(fact.saved->utc.time_since_epoch().count());
            out.set_saved_offset_minutes(fact.saved->offset_minutes);
        }
        return body(Kind::sighting, out);
    }
    EncodedBody operator()(const FlagsSeen& fact) const {
        pb::FlagsSeen out;
        put(out.mutable_generation(), fact.generation);
        out.set_uid(number(fact.uid));
        for (const auto& flag : fact.flags) out.add_flags(flag);
        out.set_modseq(number(fact.modseq));
        return body(Kind::flags_seen, out);
    }
    EncodedBody operator()(const Vanished& fact) const {
        pb::Vanished out;
        put(out.mutable_generation(), fact.generation);
        for (const auto uid : fact.uids) out.add_uids(number(uid));
        return body(Kind::vanished, out);
    }
    EncodedBody operator()(const GenerationSynced& fact) const {
        pb::GenerationSynced out;
        put(out.mutable_generation(), fact.generation);
        out.set_uidnext(number(fact.uidnext));
        out.set_highest_modseq(number(fact.highest_modseq));
        out.set_messages(fact.messages);
        return body(Kind::generation_synced, out);
    }
    EncodedBody operator()(const Excluded& fact) const {
        pb::Excluded out;
        out.set_account(fact.account);
        out.set_mailbox(fact.mailbox);
        out.set_rule(fact.rule);
        return body(Kind::excluded, out);
    }
    EncodedBody operator()(const Quarantined& fact) const {
        pb::Quarantined out;
        put(out.mutable_generation(), fact.generation);
        out.set_uid(number(fact.uid));
        out.set_reason(fact.reason);
        return body(Kind::quarantined, out);
    }
    EncodedBody operator()(const Awaited& fact) const {
        pb::Awaited out;
        put(out.mutable_generation(), fact.generation);
        for (const auto uid : fact.uids) out.add_uids(number(uid));
        return body(Kind::awaited, out);
    }
    EncodedBody operator()(const Reconciled& fact) const {
        pb::Reconciled out;
        put(out.mutable_generation(), fact.generation);
        out.set_began_utc_micros(fact.began.time_since_epoch().count());
        out.set_ended_utc_micros(fact.ended.time_since_epoch().count());
        out.set_mailboxes(fact.mailboxes);
        out.set_shown(fact.shown);
        out.set_missing(fact.missing);
        out.set_replaced(fact.replaced);
        out.set_gone(fact.gone);
        out.set_repaired(fact.repaired);
        out.set_unaccounted(fact.unaccounted);
        out.set_problem(fact.problem);
        return body(Kind::reconciled, out);
    }
    EncodedBody operator()(const Moved& fact) const {
        pb::Moved out;
        out.set_sha256(fact.digest.bytes.data(), fact.digest.bytes.size());
        put(out.mutable_from(), fact.from);
        out.set_from_uid(number(fact.from_uid));
        put(out.mutable_to(), fact.to);
        out.set_to_uid(number(fact.to_uid));
        return body(Kind::moved, out);
    }
    EncodedBody operator()(const Renamed& fact) const {
        pb::Renamed out;
        out.set_account(fact.account);
        out.set_from(fact.from);
        out.set_to(fact.to);
        return body(Kind::renamed, out);
    }
    EncodedBody operator()(const SecurityShown& fact) const {
        pb::SecurityShown out;
        out.set_account(fact.account);
        out.set_url(fact.url);
        out.set_tls(fact.tls);
        for (const auto& mechanism : fact.mechanisms) out.add_mechanisms(mechanism);
        out.set_mechanism(fact.mechanism);
        out.set_binding(fact.binding);
        out.set_key(fact.key);
        out.set_issuer(fact.issuer);
        out.set_confirmed(fact.confirmed);
        return body(Kind::security_shown, out);
    }
    EncodedBody operator()(const WorkspaceNamed& fact) const {
        pb::WorkspaceNamed out;
        put(out.mutable_workspace(), fact.workspace);
        out.set_name(fact.name);
        for (const auto& attribute : fact.attributes) out.add_attributes(attribute);
        out.set_search(fact.search);
        return body(Kind::workspace_named, out);
    }
    EncodedBody operator()(const WorkspaceDeleted& fact) const {
        pb::WorkspaceDeleted out;
        put(out.mutable_workspace(), fact.workspace);
        return body(Kind::workspace_deleted, out);
    }
    EncodedBody operator()(const Filed& fact) const {
        pb::Filed out;
        put(out.mutable_workspace(), fact.workspace);
        out.set_first(number(fact.first));
        for (const auto& message : fact.messages) {
            auto& added = *out.add_messages();
            added.set_sha256(message.digest.bytes.data(), message.digest.bytes.size());
            added.set_internal_date_utc_seconds(
                message.internal_date.utc.time_since_epoch().count());
            added.set_internal_date_offset_minutes(message.internal_date.offset_minutes);
            for (const auto& flag : message.flags) added.add_flags(flag);
        }
        return body(Kind::filed, out);
    }
    EncodedBody operator()(const Flagged& fact) const {
        pb::Flagged out;
        put(out.mutable_workspace(), fact.workspace);
        for (const auto uid : fact.uids) out.add_uids(number(uid));
        for (const auto& flag : fact.flags) out.add_flags(flag);
        return body(Kind::flagged, out);
    }
    EncodedBody operator()(const Unfiled& fact) const {
        pb::Unfiled out;
        put(out.mutable_workspace(), fact.workspace);
        for (const auto uid : fact.uids) out.add_uids(number(uid));
        return body(Kind::unfiled, out);
    }
    EncodedBody operator()(const Granted& fact) const {
        pb::Granted out;
        put(out.mutable_workspace(), fact.workspace);
        out.set_identifier(fact.identifier);
        out.set_rights(fact.rights);
        return body(Kind::granted, out);
    }
    EncodedBody operator()(const Annotated& fact) const {
        pb::Annotated out;
        out.set_user(fact.user);
        out.set_account(fact.account);
        out.set_mailbox(fact.mailbox);
        if (fact.account.empty()) put(out.mutable_workspace(), fact.workspace);
        out.set_entry(fact.entry);
        if (fact.value) out.set_value(*fact.value);
        return body(Kind::annotated, out);
    }
    EncodedBody operator()(const Accessed& fact) const {
        pb::Accessed out;
        out.set_time_utc_micros(fact.time.time_since_epoch().count());
        out.set_user(fact.user);
        out.set_address(fact.address);
        out.set_session(fact.session);
        out.set_what(std::to_underlying(fact.what));
        out.set_mailbox(fact.mailbox);
        out.set_detail(fact.detail);
        out.set_outcome(fact.outcome);
        return body(Kind::accessed, out);
    }
    EncodedBody operator()(const Journaled& fact) const {
        pb::Journaled out;
        put(out.mutable_generation(), fact.generation);
        out.set_uid(number(fact.uid));
        out.set_sha256(fact.digest.bytes.data(), fact.digest.bytes.size());
        out.set_time_utc_micros(fact.time.time_since_epoch().count());
        out.set_sender(fact.sender);
        for (const auto& recipient : fact.recipients) out.add_recipients(recipient);
        out.set_peer(fact.peer);
        out.set_helo(fact.helo);
        out.set_protocol(fact.protocol);
        out.set_tls(fact.tls);
        if (fact.report)
            out.set_report_sha256(fact.report->bytes.data(), fact.report->bytes.size());
        return body(Kind::journaled, out);
    }
    EncodedBody operator()(const Subscribed& fact) const {
        pb::Subscribed out;
        out.set_user(fact.user);
        out.set_mailbox(fact.mailbox);
        out.set_wanted(fact.wanted);
        return body(Kind::subscribed, out);
    }
    EncodedBody operator()(const PersonallyFlagged& fact) const {
        pb::PersonallyFlagged out;
        out.set_user(fact.user);
        out.set_account(fact.account);
        out.set_mailbox(fact.mailbox);
        for (const auto uid : fact.uids) out.add_uids(number(uid));
        for (const auto& flag : fact.flags) out.add_flags(flag);
        return body(Kind::personally_flagged, out);
    }
    EncodedBody operator()(const GmailSeen& fact) const {
        pb::GmailSeen out;
        put(out.mutable_generation(), fact.generation);
        out.set_uid(number(fact.uid));
        out.set_message_id(fact.message_id);
        out.set_thread_id(fact.thread_id);
        out.set_has_labels(fact.labels.has_value());
        if (fact.labels)
            for (const auto& label : *fact.labels) out.add_labels(label);
        return body(Kind::gmail_seen, out);
    }
};

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

EncodedBody encode_body(const MessageStored& message) {
    pb::MessageStored out;
    out.set_sha256(message.digest.bytes.data(), message.digest.bytes.size());
    out.set_size(message.size);
    return body(Kind::message_stored, out);
}

Result<EncodedBody> encode_body(const Fact& fact) {
    auto encoded = std::visit(Encode{}, fact);
    if (encoded.body.size() > max_body_length) {
        return fail(
            Errc::limit,
            fmt::format("a fact of {} bytes is larger than a ledger record holds ({} bytes)",
                        encoded.body.size(), max_body_length));
    }
    return encoded;
}

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
