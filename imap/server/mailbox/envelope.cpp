#include "imap/server/mailbox/envelope.hpp"

#include "imap/wire/cursor.hpp"

namespace mailhold::imap::server {
namespace {

using indexer::mime::Address;

std::optional<std::string> nstring(wire::Cursor& in) {
    return in.nstring("a string or NIL");
}

std::vector<Address> addresses(wire::Cursor& in) {
    std::vector<Address> list;
    if (in.accept_word("NIL")) return list;
    in.expect('(');
    do {
        Address& address = list.emplace_back();
        in.expect('(');
        address.name = nstring(in);
        in.space();
        address.route = nstring(in);
        in.space();
        address.mailbox = nstring(in);
        in.space();
        address.host = nstring(in);
        in.expect(')');
        in.blanks();
    } while (in.peek() == '(');
    in.expect(')');
    return list;
}

}  // namespace

std::optional<indexer::mime::Envelope> read_envelope(std::string_view text) {
    wire::Cursor in(text, wire::Cursor::From::server);
    indexer::mime::Envelope envelope;
    in.expect('(');
    envelope.date = nstring(in);
    in.space();
    envelope.subject = nstring(in);
    for (auto* list : {&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to,
                       &envelope.cc, &envelope.bcc}) {
        in.space();
        *list = addresses(in);
    }
    in.space();
    envelope.in_reply_to = nstring(in);
    in.space();
    envelope.message_id = nstring(in);
    in.expect(')');
    in.end();
    if (in.failed()) return std::nullopt;
    return envelope;
}

}  // namespace mailhold::imap::server
