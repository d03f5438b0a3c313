// NAMESPACE data: three lists, each NIL or of prefix and separator.
#include "imap/wire/cursor.hpp"
#include "imap/wire/namespaces.hpp"
#include "imap/wire/response_parser.hpp"
#include "imap/wire/utf7.hpp"

namespace mailhold::imap::wire {
namespace {

// RFC 2342 6: nil / "(" 1*( "(" string SP (<"> QUOTED_CHAR <"> / nil) *extension ")" ) ")"
std::vector<NamespaceData::One> namespaces(Cursor& in) {
    std::vector<NamespaceData::One> found;
    if (in.accept_word("NIL")) return found;
    in.expect('(');
    while (!in.failed() && !in.accept(')')) {
        in.expect('(');
        auto& one = found.emplace_back();
        one.prefix = decode_mailbox_name(in.string("the prefix of a namespace"));
        in.space();
        one.separator = in.nstring("a hierarchy separator or NIL").value_or("");
        while (in.blanks() && !in.failed() && in.peek() != ')') parse_raw_value(in);
        in.expect(')');
        in.blanks();
    }
    return found;
}

}  // namespace

Result<NamespaceData> parse_namespaces(std::string_view text) {
    Cursor in(text, Cursor::From::server);
    NamespaceData data;
    in.blanks();
    data.personal = namespaces(in);
    in.space();
    data.other_users = namespaces(in);
    in.space();
    data.shared = namespaces(in);
    in.end();
    if (in.failed()) return fail(Errc::protocol, in.error());
    return data;
}

}  // namespace mailhold::imap::wire
