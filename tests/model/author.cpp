#include "tests/model/author.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace mailhold::model {
namespace {

// "%x" stands for one of a kind of parts. What happens often stands here more than once.
constexpr std::array<std::string_view, 84> patterns = {
    "NOOP",
    "NOOP",
    "NOOP",
    "CHECK",
    "IDLE",
    "IDLE",
    "CAPABILITY",
    "NAMESPACE",
    "ID NIL",
    "SELECT %b",
    "SELECT %b",
    "SELECT %b",
    "EXAMINE %b",
    "SELECT %b$",
    "SELECT %b$",
    "SELECT %m",
    "EXAMINE %m",
    "SELECT %b (CONDSTORE)",
    "CLOSE",
    "UNSELECT",
    "CLOSE",
    "FETCH %s (%i)",
    "UID FETCH %s (%i)",
    "FETCH 1:* (UID FLAGS)",
    "FETCH 1:* (UID FLAGS)",
    "UID FETCH 1:* (FLAGS)",
    "UID FETCH 1:* (FLAGS) (CHANGEDSINCE %n)",
    "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)",
    "FETCH %s BODY[]",
    "UID FETCH %s (%i %i)",
    "STORE %s %oFLAGS (%f)",
    "UID STORE %s %oFLAGS (%f)",
    "UID STORE %s %oFLAGS.SILENT (%f)",
    "STORE %s +FLAGS (\\Deleted)",
    "UID STORE %s +FLAGS.SILENT (\\Deleted)",
    "UID STORE %s (UNCHANGEDSINCE %n) %oFLAGS (%f)",
    "STORE %s (UNCHANGEDSINCE %n) +FLAGS (%f)",
    "EXPUNGE",
    "EXPUNGE",
    "UID EXPUNGE %s",
    "UID EXPUNGE 1:*",
    "COPY %s %b",
    "UID COPY %s %b",
    "MOVE %s %b",
    "UID MOVE %s %b",
    "UID MOVE %s %b",
    "COPY 1:* %b",
    "APPEND %b (%f) %l",
    "APPEND %b %l",
    "APPEND %b %l",
    "APPEND %m %l",
    "REPLACE %d %b %l",
    "UID REPLACE %d %b (%f) %l",
    "APPEND %b (%f) %l (%f) %l",
    "SEARCH %k",
    "UID SEARCH %k",
    "SEARCH RETURN (MIN MAX ALL COUNT) %k",
    "UID SEARCH RETURN (SAVE) %k",
    "UID FETCH $ (FLAGS)",
    "UID STORE $ +FLAGS (%f)",
    "SORT (%t) UTF-8 %k",
    "UID THREAD REFS UTF-8 %k",
    "SEARCH RETURN (UPDATE ALL) %k",
    "CREATE %b",
    "DELETE %b",
    "RENAME %b %b",
    "CREATE %b/%d",
    "LIST \"\" *",
    "LIST \"\" * RETURN (STATUS (MESSAGES UIDNEXT HIGHESTMODSEQ))",
    "STATUS %b (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)",
    "SUBSCRIBE %b",
    "SETACL %b bob %r",
    "DELETEACL %b bob",
    "GETACL %b",
    "ENABLE QRESYNC",
    "ENABLE CONDSTORE",
    "NOTIFY SET (SELECTED (MessageNew (%i) MessageExpunge FlagChange))",
    "NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge))",
    "NOTIFY SET STATUS (PERSONAL (MessageNew MessageExpunge MailboxName SubscriptionChange)) "
    "(SELECTED (MessageNew "
    "MessageExpunge FlagChange))",
    "NOTIFY SET (SUBTREE (Workspaces) (MessageNew MessageExpunge FlagChange MailboxName)) "
    "(SELECTED (MessageNew "
    "MessageExpunge FlagChange))",
    "NOTIFY NONE",
    "UID FETCH %s (%y)",
    "FETCH %s (%y %i)",
    "UID SEARCH RETURN (PARTIAL -1:-2 COUNT) %k"};

constexpr std::array<std::string_view, 17> rare = {
    "LOGOUT",
    "UNAUTHENTICATE",
    "LOGIN alice secret",
    "AUTHENTICATE PLAIN",
    "STARTTLS",
    "AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==",
    "LOGIN alice {6+}|secret",
    "GETQUOTAROOT %b",
    "CREATE Searches/s",
    "SETMETADATA Searches/s (/private/vendor/mailhold/query \"x\")",
    "DELETE Searches/s",
    "SETMETADATA %b (/private/comment %l)",
    "ESEARCH IN (personal) %k",
    "ENABLE IMAP4rev2",
    "ENABLE UTF8=ACCEPT",
    "ENABLE UIDONLY",
    "NOTIFY SET (MAILBOXES %m (MessageNew MessageExpunge)) (INBOXES (MessageNew MessageExpunge "
    "FlagChange))"};

constexpr std::array<std::string_view, 15> mailboxes = {"INBOX",
                                                        "INBOX",
                                                        "\"alice/Work ONLY4ALICE\"",
                                                        "\"All mail/alice\"",
                                                        "\"Ever seen/alice/INBOX\"",
                                                        "\"Other users/alice/a\"",
                                                        "Workspaces",
                                                        "\"Other users/alice/ONLY4ALICE\"",
                                                        "alice/INBOX",
                                                        "bob/INBOX",
                                                        "nowhere",
                                                        "\"Other users/alice/b\"",
                                                        "\"All mail\"",
                                                        "Searches/s",
                                                        "Searches/s"};
constexpr std::array<std::string_view, 4> workspaces = {"Workspaces/a", "Workspaces/b",
                                                        "Workspaces/a/c", "Workspaces/ONLY4ALICE"};
constexpr std::array<std::string_view, 12> sets = {"1", "2",   "3",   "1:2", "2:3", "1:*",
                                                   "*", "2,4", "1:5", "4:*", "3,1", "7"};
constexpr std::array<std::string_view, 10> items = {"FLAGS",
                                                    "UID",
                                                    "UID FLAGS",
                                                    "BODY[]",
                                                    "BODY.PEEK[]<0.5>",
                                                    "ENVELOPE",
                                                    "MODSEQ",
                                                    "RFC822.SIZE INTERNALDATE",
                                                    "BODYSTRUCTURE",
                                                    "EMAILID"};
constexpr std::array<std::string_view, 5> decoded = {"BINARY[]", "BINARY.PEEK[1]", "BINARY.SIZE[1]",
                                                     "BINARY.PEEK[1]<2.3>", "PREVIEW (LAZY)"};
constexpr std::array<std::string_view, 8> flags = {"\\Seen",           "\\Flagged", "\\Deleted",
                                                   "\\Seen \\Deleted", "",          "$Forwarded",
                                                   "Work \\Draft",     "\\SEEN"};
constexpr std::array<std::string_view, 10> keys = {"ALL",
                                                   "UNSEEN",
                                                   "DELETED",
                                                   "1:*",
                                                   "UID 2:*",
                                                   "SUBJECT x",
                                                   "NOT SEEN TEXT hello",
                                                   "MODSEQ 1",
                                                   "OR FLAGGED BODY o",
                                                   "LARGER 10"};
constexpr std::array<std::string_view, 4> orders = {"ARRIVAL", "REVERSE DATE", "SUBJECT SIZE",
                                                    "FROM"};
constexpr std::array<std::string_view, 9> rights = {"lr", "lrs",     "lrswipkxtea", "r",  "+e",
                                                    "-r", "lrswite", "l",           "+ti"};
constexpr std::array<std::string_view, 8> raw = {
    "1>DONE", "2>DONE",  "3>DONE",        "4>DONE",
    "1>*",    "1=A1 NO", "2>\x01\xff{3}", "3>% APPEND a {999999999+}"};

template <class All>
std::string_view one_of(const All& all, std::size_t which) {
    return all[which % all.size()];
}

}  // namespace

std::string Author::part(char kind) {
    const auto which = below(1 << 16);
    switch (kind) {
        case 'b':
            return std::string(one_of(workspaces, which));
        case 'm':
            return std::string(one_of(mailboxes, which));
        case 's':
            return std::string(one_of(sets, which));
        case 'i':
            return std::string(one_of(items, which));
        case 'y':
            return std::string(one_of(decoded, which));
        case 'f':
            return std::string(one_of(flags, which));
        case 'k':
            return std::string(one_of(keys, which));
        case 't':
            return std::string(one_of(orders, which));
        case 'r':
            return std::string(one_of(rights, which));
        case 'o':
            return which % 3 == 0 ? "+" : which % 3 == 1 ? "-" : "";
        case 'd':
            return std::to_string(1 + which % 4);
        case 'n':
            return std::to_string(1 + which % 60);
        default:
            break;
    }
    const auto text =
        fmt::format("Subject: {} {}||hello|", which % 3 == 0 ? "x" : "ONLY4ALICE", which);
    return fmt::format("{{{}+}}|{}", text.size() + 3, text);  // "|" is two octets
}

std::string Author::filled(std::string_view pattern) {
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '%' && i + 1 < pattern.size())
            text += part(pattern[++i]);
        else
            text += pattern[i];
    }
    return text;
}

std::string Author::opening() {
    std::string text;
    if (below(2) == 0) text += "0 personal\n";
    text +=
        "1 LOGIN alice secret\n2 LOGIN alice secret\n3 LOGIN bob secret\n4 LOGIN mallory secret\n"
        "1 CREATE Workspaces/a\n1 CREATE Workspaces/b\n1 SETACL Workspaces/a bob lrswite\n";
    for (int i = 0; i < 4; ++i) text += "1 APPEND Workspaces/a " + part('l') + "\n";
    if (below(2) == 0) text += "1 ENABLE QRESYNC\n";
    text += "1 SELECT Workspaces/a\n1 FETCH 1:* (UID FLAGS)\n2 SELECT Workspaces/a\n";
    if (below(2) == 0) text += "3 SELECT \"Other users/alice/a\"\n3 FETCH 1:* (UID FLAGS)\n";
    return text;
}

std::string Author::line() {
    const auto kind = below(40);
    if (kind == 0) return std::string(one_of(raw, below(64)));
    if (kind == 1)
        return fmt::format("0 {}", below(2) == 0 ? "add" : fmt::format("vanish {}", part('d')));
    if (kind == 2) return fmt::format("0 flag {} {}", part('d'), below(2) == 0 ? "\\Seen" : "");
    const auto client = below(10);  // alice most of all
    const auto pattern = kind == 3 ? one_of(rare, below(64)) : one_of(patterns, below(1 << 16));
    auto line = fmt::format("{} {}",
                            client < 4   ? 1
                            : client < 7 ? 2
                            : client < 9 ? 3
                                         : 4,
                            filled(pattern));
    if (pattern == "IDLE" && below(3) > 0) line += fmt::format("\n{}>DONE", line.front());
    return line;
}

std::string Author::script(std::size_t lines) {
    auto text = opening();
    for (std::size_t i = 0; i < lines; ++i) text += line() + "\n";
    return text;
}

}  // namespace mailhold::model
