// Arguments of the commands that name one mailbox: SELECT and EXAMINE (RFC 4466 select parameters),
// STATUS, RENAME, and those with nothing but the name.
#include "imap/wire/command_parser.hpp"
#include "imap/wire/status_items.hpp"

namespace mailhold::imap::wire {

std::string parse_mailbox(Cursor& in) {
    in.space();
    return in.mailbox();
}

namespace {

// select-param-value of RFC 4466: of no use to who does not know the parameter, so it is only
// followed to its end.
void skip_parameter_value(Cursor& in) {
    std::size_t depth = 0;
    do {
        in.take_while([](char c) { return c != '(' && c != ')'; });
        if (in.accept('('))
            ++depth;
        else if (depth > 0 && in.accept(')'))
            --depth;
        else
            in.fail("the arguments of a select parameter");
    } while (depth > 0 && !in.failed());
}

// RFC 7162 7: "(" uidvalidity SP modseq [SP known-uids] [SP "(" seqs SP uids ")"] ")". Who remembers
// every expunge has no use for the last.
Resync resync(Cursor& in) {
    Resync known;
    in.expect('(');
    known.uidvalidity = UidValidity{in.number("a UIDVALIDITY", 1)};
    in.space();
    known.modseq = ModSeq{in.number64("a mod-sequence", 1)};
    if (in.more() && in.peek() != '(') {
        known.known = in.sequence_set();
        in.more();
    }
    if (in.accept('(')) {
        in.sequence_set();
        in.space();
        in.sequence_set();
        in.expect(')');
    }
    in.expect(')');
    return known;
}

}  // namespace

Select parse_select(Cursor& in) {
    Select command;
    command.mailbox = parse_mailbox(in);
    if (!in.more()) return command;
    in.parenthesised([&] {
        auto name = in.keyword("a select parameter");
        if (name == "QRESYNC" && !command.resync) {
            in.space();
            command.resync = resync(in);
            return;
        }
        if (name == "CONDSTORE")
            command.condstore = true;
        else
            command.parameters.push_back(std::move(name));
        if (in.at(" (")) {
            in.space();
            skip_parameter_value(in);
        }
    });
    return command;
}

std::vector<StatusItem> parse_status_items(Cursor& in) {
    std::vector<StatusItem> items;
    in.parenthesised([&] {
        const auto start = in.position();
        const auto item = status_item(in.keyword("a status item"));
        if (item)
            items.push_back(*item);
        else
            in.refuse_at(start, "unknown status item");
    });
    if (items.empty()) in.fail("at least one status item");
    return items;
}

Status parse_status(Cursor& in) {
    Status command;
    command.mailbox = parse_mailbox(in);
    in.space();
    command.items = parse_status_items(in);
    return command;
}

Rename parse_rename(Cursor& in) {
    Rename command;
    command.from = parse_mailbox(in);
    command.to = parse_mailbox(in);
    return command;
}

}  // namespace mailhold::imap::wire
