// From a whole command to its struct: the tag, the name, and the table of all commands we know.
#include <fmt/format.h>

#include <array>

#include "imap/wire/characters.hpp"
#include "imap/wire/command_parser.hpp"

namespace mailhold::imap::wire {
namespace {

using Parser = CommandBody (*)(Cursor&);
using NumberParser = CommandBody (*)(Cursor&, NumberKind);

struct Entry {
    std::string_view name;
    Parser parse;
};
struct NumberEntry {
    std::string_view name;
    NumberParser parse;
};

template <class Body>
CommandBody bare(Cursor&) {
    return Body{};
}
template <class Body, Body (*parse)(Cursor&)>
CommandBody with(Cursor& in) {
    return parse(in);
}
template <class Body>
CommandBody of_mailbox(Cursor& in) {
    return Body{parse_mailbox(in)};
}
template <class Body, Body (*parse)(Cursor&, NumberKind)>
CommandBody numbered(Cursor& in, NumberKind kind) {
    return parse(in, kind);
}
CommandBody examine(Cursor& in) {
    auto select = parse_select(in);
    select.examine = true;
    return select;
}
CommandBody get_quota(Cursor& in) {
    in.space();
    return GetQuota{in.astring("a quota root")};
}
CommandBody move(Cursor& in, NumberKind kind) {
    auto copy = parse_copy(in, kind);
    copy.move = true;
    return copy;
}
CommandBody uid_expunge(Cursor& in, NumberKind) {
    return parse_uid_expunge(in);
}

constexpr std::array commands{
    Entry{"APPEND", with<Append, parse_append>},
    Entry{"AUTHENTICATE", with<Authenticate, parse_authenticate>},
    Entry{"CANCELUPDATE", with<CancelUpdate, parse_cancel_update>},
    Entry{"CAPABILITY", bare<Capability>},
    Entry{"CHECK", bare<Check>},
    Entry{"CLOSE", bare<Close>},
    Entry{"COMPRESS", with<Compress, parse_compress>},
    Entry{"CREATE", with<Create, parse_create>},
    Entry{"DELETE", of_mailbox<Delete>},
    Entry{"DELETEACL", with<DeleteAcl, parse_delete_acl>},
    Entry{"ENABLE", with<Enable, parse_enable>},
    Entry{"ESEARCH", with<MultiSearch, parse_multisearch>},
    Entry{"EXAMINE", examine},
    Entry{"EXPUNGE", bare<Expunge>},
    Entry{"GETACL", of_mailbox<GetAcl>},
    Entry{"GETMETADATA", with<GetMetadata, parse_get_metadata>},
    Entry{"GETQUOTA", get_quota},
    Entry{"GETQUOTAROOT", of_mailbox<GetQuotaRoot>},
    Entry{"ID", with<Id, parse_id>},
    Entry{"IDLE", bare<Idle>},
    Entry{"LIST", with<List, parse_list>},
    Entry{"LISTRIGHTS", with<ListRights, parse_list_rights>},
    Entry{"LOGIN", with<Login, parse_login>},
    Entry{"LOGOUT", bare<Logout>},
    Entry{"LSUB", with<List, parse_lsub>},
    Entry{"MYRIGHTS", of_mailbox<MyRights>},
    Entry{"NAMESPACE", bare<Namespace>},
    Entry{"NOOP", bare<Noop>},
    Entry{"NOTIFY", with<Notify, parse_notify>},
    Entry{"RENAME", with<Rename, parse_rename>},
    Entry{"SELECT", with<Select, parse_select>},
    Entry{"SETACL", with<SetAcl, parse_set_acl>},
    Entry{"SETMETADATA", with<SetMetadata, parse_set_metadata>},
    Entry{"STARTTLS", bare<StartTls>},
    Entry{"STATUS", with<Status, parse_status>},
    Entry{"SUBSCRIBE", of_mailbox<Subscribe>},
    Entry{"UNAUTHENTICATE", bare<Unauthenticate>},
    Entry{"UNSELECT", bare<Unselect>},
    Entry{"UNSUBSCRIBE", of_mailbox<Unsubscribe>},
};

// Those whose numbers are UIDs after "UID"; EXPUNGE takes numbers in that form only (RFC 4315).
constexpr std::array numbered_commands{
    NumberEntry{"COPY", numbered<Copy, parse_copy>},
    NumberEntry{"FETCH", numbered<Fetch, parse_fetch>},
    NumberEntry{"MOVE", move},
    NumberEntry{"REPLACE", numbered<Replace, parse_replace>},
    NumberEntry{"SEARCH", numbered<Search, parse_search>},
    NumberEntry{"SORT", numbered<Sort, parse_sort>},
    NumberEntry{"STORE", numbered<Store, parse_store>},
    NumberEntry{"THREAD", numbered<Thread, parse_thread>},
    NumberEntry{"EXPUNGE", uid_expunge},
};

struct Unknown {
    std::string name;
};

std::expected<CommandBody, Unknown> parse_body(Cursor& in) {
    auto name = in.keyword("a command");
    const bool uid = name == "UID";
    if (uid) {
        in.space();
        name = in.keyword("a command after UID");
    }
    if (in.failed()) return CommandBody{};
    const auto named = [&](const auto& entry) { return entry.name == name; };
    if (!uid) {
        const auto entry = std::ranges::find_if(commands, named);
        if (entry != commands.end()) return entry->parse(in);
    }
    const auto entry = std::ranges::find_if(numbered_commands, named);
    if (entry == numbered_commands.end())
        return std::unexpected(Unknown{uid ? "UID " + name : name});
    return entry->parse(in, uid ? NumberKind::uid : NumberKind::sequence);
}

}  // namespace

std::expected<Command, CommandError> parse_command(std::string_view text, NameForm names) {
    Cursor in(text, Cursor::From::client, names);
    std::string tag(in.take_some(is_tag_char, "a tag"));
    in.space();
    if (in.failed()) return std::unexpected(CommandError{{}, in.error()});

    auto body = parse_body(in);
    if (!body) {
        constexpr std::size_t max_shown = 32;
        const auto shown = body.error().name.substr(0, max_shown);
        return std::unexpected(
            CommandError{std::move(tag), fmt::format("unknown command {}", shown), true});
    }
    in.end();
    if (in.failed()) return std::unexpected(CommandError{std::move(tag), in.error()});
    return Command{std::move(tag), *std::move(body)};
}

}  // namespace mailhold::imap::wire
