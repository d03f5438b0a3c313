// From a whole response to its struct: status responses and their codes, continuations, and the
// table of untagged data.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "imap/wire/characters.hpp"
#include "imap/wire/response_parser.hpp"

namespace mailhold::imap::wire {
namespace {

// In the order of the enumerators of Condition.
constexpr std::array<std::string_view, 5> condition_names{"OK", "NO", "BAD", "PREAUTH", "BYE"};

std::optional<Condition> condition(std::string_view name) {
    const auto found = std::ranges::find(condition_names, name);
    if (found == condition_names.end()) return std::nullopt;
    return static_cast<Condition>(found - condition_names.begin());
}

// resp-text, behind the condition. A bracket that is no code is text: it is there for people
// anyway.
StatusResponse status_response(Cursor& in, std::string tag, Condition condition) {
    StatusResponse response{std::move(tag), condition, {}, {}};
    in.blanks();  // quirk: missing_text
    if (in.accept('[')) {
        Cursor inside = in;
        const auto content = parse_bracket(inside);
        Cursor code(content, Cursor::From::server);
        auto name = upper(code.take_while([](char c) { return c != ' ' && !is_control(c); }));
        if (!inside.failed() && !name.empty()) {
            code.blanks();
            response.code = ResponseCode{std::move(name), std::string(code.rest())};
            in = inside;
            in.blanks();
        } else {
            response.text = "[";  // quirk: broken_code
        }
    }
    response.text += in.take_rest();
    return response;
}

std::vector<std::string> words(Cursor& in) {
    std::vector<std::string> words;
    while (in.more())
        words.push_back(
            upper(in.take_some([](char c) { return c != ' ' && !is_control(c); }, "a word")));
    return words;
}

FlagsData flags_data(Cursor& in) {
    FlagsData data;
    in.space();
    in.parenthesised([&] { data.flags.push_back(in.flag()); });
    return data;
}

Response numbered(Cursor& in) {
    const auto number = in.number("a number");
    in.space();
    const auto start = in.position();
    const auto name = in.keyword("EXISTS, RECENT, EXPUNGE or FETCH");
    if (name == "UIDFETCH" && number > 0) {  // RFC 9586: the number is the UID
        auto data = parse_fetch_data(in, 0);
        data.uid = Uid{number};
        return data;
    }
    if (name == "EXISTS") return ExistsData{number};
    if (name == "RECENT") return RecentData{number};
    if (name == "EXPUNGE") return ExpungeData{number};
    if (name == "FETCH") return parse_fetch_data(in, number);
    in.refuse_at(start, "expected EXISTS, RECENT, EXPUNGE or FETCH");
    return OtherData{};
}

using Parser = Response (*)(Cursor&);
struct Entry {
    std::string_view name;
    Parser parse;
};
constexpr std::array untagged{
    Entry{"CAPABILITY", [](Cursor& in) -> Response { return CapabilityData{words(in)}; }},
    Entry{"ENABLED", [](Cursor& in) -> Response { return EnabledData{words(in)}; }},
    Entry{"ESEARCH", [](Cursor& in) -> Response { return parse_esearch_data(in); }},
    Entry{"FLAGS", [](Cursor& in) -> Response { return flags_data(in); }},
    Entry{"LIST", [](Cursor& in) -> Response { return parse_list_data(in); }},
    Entry{"LSUB",
          [](Cursor& in) -> Response {
              auto data = parse_list_data(in);
              data.lsub = true;
              return data;
          }},
    Entry{"SEARCH", [](Cursor& in) -> Response { return parse_search_data(in); }},
    Entry{"STATUS", [](Cursor& in) -> Response { return parse_status_data(in); }},
    Entry{"VANISHED", [](Cursor& in) -> Response { return parse_vanished_data(in); }},
};

Response untagged_response(Cursor& in) {
    in.space();
    if (is_digit(in.peek())) return numbered(in);
    const auto name = in.keyword("the name of a response");
    if (const auto found = condition(name)) return status_response(in, "*", *found);
    const auto entry = std::ranges::find(untagged, name, &Entry::name);
    if (entry != untagged.end()) return entry->parse(in);
    in.blanks();
    return OtherData{name, std::string(in.take_rest())};
}

Response tagged_response(Cursor& in) {
    std::string tag(in.take_some(is_tag_char, "a tag, * or +"));
    in.space();
    const auto start = in.position();
    if (const auto found = condition(in.keyword("OK, NO or BAD")))
        return status_response(in, std::move(tag), *found);
    in.refuse_at(start, "expected OK, NO or BAD");
    return OtherData{};
}

Response any_response(Cursor& in) {
    if (in.accept('*')) return untagged_response(in);
    if (in.accept('+')) {
        in.blanks();  // quirk: bare_continuation
        return Continuation{std::string(in.take_rest())};
    }
    return tagged_response(in);
}

}  // namespace

Result<Response> parse_response(std::string_view text) {
    Cursor in(text, Cursor::From::server);
    auto response = any_response(in);
    in.end();
    if (in.failed()) return fail(Errc::protocol, fmt::format("reading a response: {}", in.error()));
    return response;
}

}  // namespace mailhold::imap::wire
