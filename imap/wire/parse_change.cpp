// Arguments of the commands that change a mailbox.
#include "imap/wire/command_parser.hpp"

namespace mailhold::imap::wire {

Create parse_create(Cursor& in) {
    Create command{parse_mailbox(in)};
    if (!in.more()) return command;
    in.parenthesised([&] {  // RFC 6154 5.1
        if (!in.accept_word("USE")) in.fail("USE");
        in.space();
        in.parenthesised([&] { command.special_use.push_back(in.flag()); });
    });
    return command;
}

namespace {

Append::Message parse_message(Cursor& in) {
    Append::Message message;
    if (in.peek() == '(') {
        in.parenthesised([&] { message.flags.push_back(in.flag()); });
        in.space();
    }
    if (in.peek() == '"') {
        message.date = in.date_time();
        in.space();
    }
    const bool utf8 = in.accept_word("UTF8");  // RFC 6855 4: "UTF8 (" literal8 ")"
    if (utf8) in.space();
    if (utf8) in.expect('(');
    message.streamed = in.streamed_literal();
    if (!message.streamed) message.octets = in.message("a literal with the message");
    if (utf8) in.expect(')');
    return message;
}

}  // namespace

Append parse_append(Cursor& in) {
    Append command;
    command.mailbox = parse_mailbox(in);
    in.space();
    do command.messages.push_back(parse_message(in));
    while (in.more());
    return command;
}

Replace parse_replace(Cursor& in, NumberKind kind) {
    Replace command;
    command.kind = kind;
    in.space();
    const auto start = in.position();
    const auto numbers = in.sequence_set();
    const bool one = numbers.size() == 1 && numbers.front().first == numbers.front().second &&
                     numbers != saved_result;
    if (!one || (kind == NumberKind::uid && numbers.front().first == star))
        in.refuse_at(start, "one message is replaced by one");
    if (one) command.replaced = numbers.front().first;
    command.mailbox = parse_mailbox(in);
    in.space();
    command.message = parse_message(in);
    return command;
}

Store parse_store(Cursor& in, NumberKind kind) {
    Store command;
    command.kind = kind;
    in.space();
    command.numbers = in.sequence_set();
    in.space();
    if (in.accept('(')) {  // RFC 7162 3.1.3
        if (!in.accept_word("UNCHANGEDSINCE")) in.fail("UNCHANGEDSINCE");
        in.space();
        command.unchanged_since = ModSeq{in.number64("a mod-sequence")};
        in.expect(')');
        in.space();
    }
    const std::string sign = in.accept('+') ? "+" : in.accept('-') ? "-" : "";
    if (in.accept_word("FLAGS.SILENT"))
        command.silent = true;
    else if (!in.accept_word("FLAGS"))
        in.fail("FLAGS or FLAGS.SILENT");
    command.item = sign + "FLAGS";
    in.space();
    const auto flag = [&] { command.flags.push_back(in.flag()); };
    if (in.peek() == '(') {
        in.parenthesised(flag);
    } else {
        do flag();
        while (in.more());
    }
    return command;
}

Copy parse_copy(Cursor& in, NumberKind kind) {
    Copy command;
    command.kind = kind;
    in.space();
    command.numbers = in.sequence_set();
    command.mailbox = parse_mailbox(in);
    return command;
}

Expunge parse_uid_expunge(Cursor& in) {
    in.space();
    return {.uids = in.sequence_set()};
}

}  // namespace mailhold::imap::wire
