// Facts into the bodies of records.
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

EncodedBody body(Kind kind, const google::protobuf::MessageLite& message) {
    return {kind, message.SerializeAsString()};
}

void put(pb::Workspace* out, const Workspace& workspace) {
    out->set_owner(workspace.owner);
    out->set_uidvalidity(number(workspace.uidvalidity));
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

}  // namespace mailhold::store::ledger
