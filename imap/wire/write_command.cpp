// Every command struct as the bytes a client sends.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "imap/wire/base64.hpp"
#include "imap/wire/command.hpp"
#include "imap/wire/command_writer.hpp"
#include "imap/wire/encode.hpp"
#include "imap/wire/fetch_items.hpp"
#include "imap/wire/utf7.hpp"

namespace mailhold::imap::wire {
namespace {

// The arguments of each command, with the blank before them.
struct Arguments {
    CommandWriter& out;

    void operator()(const Capability&) const {}
    void operator()(const Noop&) const {}
    void operator()(const Logout&) const {}
    void operator()(const StartTls&) const {}
    void operator()(const Namespace&) const {}
    void operator()(const Unauthenticate&) const {}
    void operator()(const Compress&) const { out.text(" DEFLATE"); }
    void operator()(const Unselect&) const {}
    void operator()(const Close&) const {}
    void operator()(const Check&) const {}
    void operator()(const Idle&) const {}

    void operator()(const Authenticate& command) const {
        out.text(" ").text(command.mechanism);
        if (const auto& response = command.initial_response)
            out.text(" ").text(response->empty() ? "=" : to_base64(*response));
    }
    void operator()(const Login& command) const {
        out.text(" ").astring(command.user).text(" ").astring(command.password);
    }
    void operator()(const Enable& command) const {
        out.text(fmt::format(" {}", fmt::join(command.capabilities, " ")));
    }
    void operator()(const Id& command) const {
        out.text(" ");
        if (command.fields.empty()) {
            out.text("NIL");
            return;
        }
        out.list(command.fields, [&](const auto& field) {
            out.string(field.first).text(" ").nstring(field.second);
        });
    }
    void operator()(const Select& command) const {
        name(command.mailbox, command.spelling);
        auto parameters = command.parameters;
        if (command.resync) parameters.insert(parameters.begin(), resync_text(*command.resync));
        if (command.condstore) parameters.insert(parameters.begin(), "CONDSTORE");
        if (!parameters.empty())
            out.text(" ").list(parameters, [&](const auto& name) { out.text(name); });
    }
    void operator()(const Expunge& command) const {
        if (command.uids) out.text(" ").text(set_text(*command.uids));
    }
    void operator()(const List& command) const {
        const bool returns =
            !command.returns.empty() || command.status || !command.metadata.empty();
        const bool list_of_patterns = command.patterns.size() != 1;
        // Extended syntax must show somewhere: an empty list of selection options says nothing
        // else.
        if (!command.selection.empty() || (command.extended && !returns && !list_of_patterns)) {
            out.text(" ");
            names(command.selection);
        }
        out.text(" ").mailbox(command.reference).text(" ");
        const auto pattern = [&](const auto& name) { out.pattern(name); };
        if (list_of_patterns)
            out.list(command.patterns, pattern);
        else
            pattern(command.patterns.front());
        if (!returns) return;
        auto options = command.returns;
        if (command.status) options.push_back("STATUS " + items_text(*command.status));
        if (!command.metadata.empty()) {
            out.text(" RETURN (");
            for (const auto& option : options) out.text(option).text(" ");
            out.text("METADATA ");
            entries(command.metadata);
            out.text(")");
            return;
        }
        out.text(" RETURN ");
        names(options);
    }
    void operator()(const Status& command) const {
        name(command.mailbox, command.spelling);
        out.text(" ").text(items_text(command.items));
    }
    void operator()(const Subscribe& command) const { out.text(" ").mailbox(command.mailbox); }
    void operator()(const Unsubscribe& command) const { out.text(" ").mailbox(command.mailbox); }
    void operator()(const Create& command) const {
        out.text(" ").mailbox(command.mailbox);
        if (command.special_use.empty()) return;
        out.text(" (USE ").text(flag_list_text(command.special_use)).text(")");
    }
    void operator()(const Delete& command) const { out.text(" ").mailbox(command.mailbox); }
    void operator()(const Rename& command) const {
        out.text(" ").mailbox(command.from).text(" ").mailbox(command.to);
    }

    void operator()(const SetAcl& command) const {
        out.text(" ").mailbox(command.mailbox).text(" ").astring(command.identifier).text(" ");
        const bool replaces = command.sign == ' ';
        out.astring(replaces ? command.rights : command.sign + command.rights);
    }
    void operator()(const DeleteAcl& command) const {
        out.text(" ").mailbox(command.mailbox).text(" ").astring(command.identifier);
    }
    void operator()(const GetAcl& command) const { out.text(" ").mailbox(command.mailbox); }
    void operator()(const ListRights& command) const {
        out.text(" ").mailbox(command.mailbox).text(" ").astring(command.identifier);
    }
    void operator()(const MyRights& command) const { out.text(" ").mailbox(command.mailbox); }

    void operator()(const GetMetadata& command) const {
        out.text(" ");
        std::vector<std::string> options;
        if (command.max_size) options.push_back(fmt::format("MAXSIZE {}", *command.max_size));
        if (command.depth == GetMetadata::Depth::one) options.emplace_back("DEPTH 1");
        if (command.depth == GetMetadata::Depth::infinity) options.emplace_back("DEPTH infinity");
        if (!options.empty()) {
            names(options);
            out.text(" ");
        }
        out.mailbox(command.mailbox).text(" ");
        entries(command.entries);
    }
    void operator()(const SetMetadata& command) const {
        out.text(" ")
            .mailbox(command.mailbox)
            .text(" ")
            .list(command.values, [&](const auto& each) {
                out.astring(each.first).text(" ");
                if (each.second && each.second->contains('\0'))
                    out.message(*each.second);
                else
                    out.nstring(each.second);
            });
    }
    void operator()(const GetQuota& command) const { out.text(" ").astring(command.root); }
    void operator()(const GetQuotaRoot& command) const { out.text(" ").mailbox(command.mailbox); }
    void entries(const std::vector<std::string>& all) const {
        out.list(all, [&](const auto& entry) { out.astring(entry); });
    }

    void operator()(const Append& command) const {
        out.text(" ").mailbox(command.mailbox);
        for (const auto& message : command.messages) appended(message);
    }
    void operator()(const Replace& command) const {
        out.text(" ").text(set_text({{command.replaced, command.replaced}}));
        out.text(" ").mailbox(command.mailbox);
        appended(command.message);
    }
    void appended(const Append::Message& message) const {
        out.text(" ");
        if (!message.flags.empty()) out.text(flag_list_text(message.flags)).text(" ");
        if (message.date) out.text(date_time_text(*message.date)).text(" ");
        if (message.streamed)
            out.text(fmt::format("{{{}*}}\r\n", *message.streamed));
        else
            out.message(message.octets);
    }
    void operator()(const Store& command) const {
        out.text(" ").text(set_text(command.numbers)).text(" ");
        if (command.unchanged_since)
            out.text(fmt::format("(UNCHANGEDSINCE {}) ", number(*command.unchanged_since)));
        out.text(command.item)
            .text(command.silent ? ".SILENT " : " ")
            .text(flag_list_text(command.flags));
    }
    void operator()(const Copy& command) const {
        out.text(" ").text(set_text(command.numbers)).text(" ").mailbox(command.mailbox);
    }
    void operator()(const Fetch& command) const {
        out.text(" ").text(set_text(command.numbers)).text(" ");
        if (command.items.size() + command.foreign.size() == 1) {
            item(command.items.front());
        } else {
            out.text("(");
            for (const auto& name : command.foreign) out.text(name).text(" ");
            for (const auto& each : command.items) {
                if (&each != command.items.data()) out.text(" ");
                item(each);
            }
            out.text(")");
        }
        std::vector<std::string> modifiers;
        if (command.changed_since)
            modifiers.push_back(fmt::format("CHANGEDSINCE {}{}", number(*command.changed_since),
                                            command.vanished ? " VANISHED" : ""));
        if (command.partial) modifiers.push_back("PARTIAL " + range_text(*command.partial));
        if (modifiers.empty()) return;
        out.text(" ");
        names(modifiers);
    }
    void operator()(const Search& command) const { write_search(out, command); }
    void operator()(const Sort& command) const { write_search(out, command); }
    void operator()(const Thread& command) const { write_search(out, command); }
    void operator()(const MultiSearch& command) const { write_search(out, command); }
    void operator()(const Notify& command) const {
        out.text(command.groups.empty() ? " NONE" : " SET");
        if (command.status) out.text(" STATUS");
        for (const auto& group : command.groups) {
            out.text(" (");
            write_filter(out, group.filter);
            out.text(" ");
            if (group.events.empty())
                out.text("NONE");
            else
                out.list(group.events, [&](const auto& event) {
                    out.text(event);
                    if (event != "MESSAGENEW" || group.items.empty()) return;
                    out.text(" ").list(group.items, [&](const auto& each) { item(each); });
                });
            out.text(")");
        }
    }
    void operator()(const CancelUpdate& command) const {
        for (const auto& tag : command.tags) out.text(" ").string(tag);
    }

    void name(const std::string& mailbox, const std::string& spelling) const {
        out.text(" ");
        if (spelling.empty())
            out.mailbox(mailbox);
        else
            out.astring(spelling);
    }
    void names(const std::vector<std::string>& list) const {
        out.list(list, [&](const auto& name) { out.text(name); });
    }
    static std::string resync_text(const Resync& resync) {
        return fmt::format("QRESYNC ({} {}{})", number(resync.uidvalidity), number(resync.modseq),
                           resync.known ? " " + set_text(*resync.known) : "");
    }
    static std::string items_text(const std::vector<StatusItem>& items) {
        std::vector<std::string> names;
        for (const auto each : items) names.push_back(name_of(each));
        return fmt::format("({})", fmt::join(names, " "));
    }
    void item(const FetchItem& item) const {
        if (!has_section(item.kind)) {
            out.text(fetch_item_names[static_cast<std::size_t>(item.kind)]);
            if (item.lazy) out.text(" (LAZY)");
            return;
        }
        const auto& section = item.section;
        out.text(section_item_name(item.kind)).text(item.peek ? ".PEEK[" : "[");
        out.text(section_name(section));
        if (!section.fields.empty())
            out.text(" ").list(section.fields, [&](const auto& field) { out.astring(field); });
        out.text("]");
        if (item.partial)
            out.text(fmt::format("<{}.{}>", item.partial->offset, item.partial->size));
    }
};

struct Name {
    std::string operator()(const Capability&) const { return "CAPABILITY"; }
    std::string operator()(const Noop&) const { return "NOOP"; }
    std::string operator()(const Logout&) const { return "LOGOUT"; }
    std::string operator()(const StartTls&) const { return "STARTTLS"; }
    std::string operator()(const Authenticate&) const { return "AUTHENTICATE"; }
    std::string operator()(const Login&) const { return "LOGIN"; }
    std::string operator()(const Enable&) const { return "ENABLE"; }
    std::string operator()(const Id&) const { return "ID"; }
    std::string operator()(const Namespace&) const { return "NAMESPACE"; }
    std::string operator()(const Compress&) const { return "COMPRESS"; }
    std::string operator()(const Unauthenticate&) const { return "UNAUTHENTICATE"; }
    std::string operator()(const Notify&) const { return "NOTIFY"; }
    std::string operator()(const Unselect&) const { return "UNSELECT"; }
    std::string operator()(const Close&) const { return "CLOSE"; }
    std::string operator()(const Check&) const { return "CHECK"; }
    std::string operator()(const Idle&) const { return "IDLE"; }
    std::string operator()(const Status&) const { return "STATUS"; }
    std::string operator()(const Subscribe&) const { return "SUBSCRIBE"; }
    std::string operator()(const Unsubscribe&) const { return "UNSUBSCRIBE"; }
    std::string operator()(const Create&) const { return "CREATE"; }
    std::string operator()(const Delete&) const { return "DELETE"; }
    std::string operator()(const Rename&) const { return "RENAME"; }
    std::string operator()(const Append&) const { return "APPEND"; }
    std::string operator()(const SetAcl&) const { return "SETACL"; }
    std::string operator()(const DeleteAcl&) const { return "DELETEACL"; }
    std::string operator()(const GetAcl&) const { return "GETACL"; }
    std::string operator()(const ListRights&) const { return "LISTRIGHTS"; }
    std::string operator()(const MyRights&) const { return "MYRIGHTS"; }
    std::string operator()(const GetMetadata&) const { return "GETMETADATA"; }
    std::string operator()(const SetMetadata&) const { return "SETMETADATA"; }
    std::string operator()(const GetQuota&) const { return "GETQUOTA"; }
    std::string operator()(const GetQuotaRoot&) const { return "GETQUOTAROOT"; }
    std::string operator()(const Select& command) const {
        return command.examine ? "EXAMINE" : "SELECT";
    }
    std::string operator()(const List& command) const { return command.lsub ? "LSUB" : "LIST"; }
    std::string operator()(const Expunge& command) const {
        return command.uids ? "UID EXPUNGE" : "EXPUNGE";
    }
    std::string operator()(const Replace& command) const {
        return numbered(command.kind, "REPLACE");
    }
    std::string operator()(const Store& command) const { return numbered(command.kind, "STORE"); }
    std::string operator()(const Fetch& command) const { return numbered(command.kind, "FETCH"); }
    std::string operator()(const Search& command) const { return numbered(command.kind, "SEARCH"); }
    std::string operator()(const Sort& command) const {
        return numbered(command.search.kind, "SORT");
    }
    std::string operator()(const Thread& command) const {
        return numbered(command.search.kind, "THREAD");
    }
    std::string operator()(const MultiSearch&) const { return "ESEARCH"; }
    std::string operator()(const CancelUpdate&) const { return "CANCELUPDATE"; }
    std::string operator()(const Copy& command) const {
        return numbered(command.kind, command.move ? "MOVE" : "COPY");
    }

    static std::string numbered(NumberKind kind, std::string_view name) {
        return fmt::format("{}{}", kind == NumberKind::uid ? "UID " : "", name);
    }
};

}  // namespace

std::string name_of(const CommandBody& body) {
    return std::visit(Name{}, body);
}

std::vector<std::string> write_command(const Command& command, LiteralForm literals) {
    return write_command(command, literals, NameForm::modified_utf7);
}

std::vector<std::string> write_command(const Command& command, LiteralForm literals,
                                       NameForm names) {
    CommandWriter out(literals, names);
    out.text(command.tag).text(" ").text(name_of(command.body));
    std::visit(Arguments{out}, command.body);
    return out.finish();
}

}  // namespace mailhold::imap::wire
