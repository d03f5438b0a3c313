// Turns what the framers say into lines that a test can compare.
#include "exchange.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>

namespace mailhold::imap::wire {
namespace {

template <class... Lambdas>
struct Overloaded : Lambdas... {
    using Lambdas::operator()...;
};

// Feeds the stream and hands every event to `on_event`, which returns false when there is nothing
// more.
template <class Framer, class OnEvent>
void run(Framer& framer, std::string_view stream, Feed feed, OnEvent on_event) {
    const std::size_t step = feed == Feed::whole ? stream.size() : 1;
    for (; !stream.empty(); stream.remove_prefix(std::min(step, stream.size()))) {
        framer.feed(stream.substr(0, step));
        while (on_event(framer.next())) {
        }
    }
}

std::string without_line_end(std::string_view text) {
    if (text.ends_with("\r\n")) return std::string(text.substr(0, text.size() - 2));
    return std::string(text.substr(0, text.size() - (text.ends_with('\n') ? 1 : 0)));
}

}  // namespace

std::vector<std::string> command_events(std::string_view stream, Feed feed,
                                        CommandFramer::Limits limits) {
    CommandFramer framer(limits);
    std::vector<std::string> events;
    run(framer, stream, feed, [&](const CommandFramer::Event& event) {
        return std::visit(Overloaded{[&](const CommandFramer::Nothing&) { return false; },
                                     [&](const CommandFramer::Command& command) {
                                         events.push_back("command " + command.octets);
                                         return true;
                                     },
                                     [&](const CommandFramer::Piece& piece) {
                                         if (events.empty() || !events.back().starts_with("piece "))
                                             events.emplace_back("piece ");
                                         events.back() += piece.octets;
                                         return true;
                                     },
                                     [&](const CommandFramer::NeedContinuation&) {
                                         events.emplace_back("continue");
                                         return true;
                                     },
                                     [&](const CommandFramer::TooLong& problem) {
                                         events.push_back(fmt::format("too long {}: {}",
                                                                      problem.tag, problem.text));
                                         return true;
                                     }},
                          event);
    });
    return events;
}

std::vector<std::string> response_events(std::string_view stream, Feed feed,
                                         ResponseFramer::Limits limits) {
    ResponseFramer framer(limits);
    std::vector<std::string> events;
    run(framer, stream, feed, [&](const ResponseFramer::Event& event) {
        return std::visit(
            Overloaded{[&](const ResponseFramer::Nothing&) { return false; },
                       [&](const ResponseFramer::Response& response) {
                           events.push_back(
                               fmt::format("response {} {}", response.streamed, response.octets));
                           return true;
                       },
                       [&](const ResponseFramer::LiteralBegin& begin) {
                           events.push_back(
                               fmt::format("begin {} after {}", begin.size, begin.before));
                           return true;
                       },
                       [&](const ResponseFramer::LiteralData& data) {
                           if (!events.back().starts_with("data ")) events.emplace_back("data ");
                           events.back() += data.octets;
                           return true;
                       },
                       [&](const ResponseFramer::LiteralEnd&) {
                           events.emplace_back("end");
                           return true;
                       },
                       [&](const ResponseFramer::Broken& broken) {
                           if (events.empty() || !events.back().starts_with("broken "))
                               events.push_back("broken " + broken.text);
                           return false;
                       }},
            event);
    });
    return events;
}

std::expected<Command, CommandError> read_command(std::string_view lines) {
    const auto whole = command_events(lines, Feed::whole);
    CHECK(command_events(lines, Feed::octet_by_octet) == whole);
    REQUIRE(!whole.empty());
    for (std::size_t i = 0; i + 1 < whole.size(); ++i) CHECK(whole[i] == "continue");
    REQUIRE(whole.back().starts_with("command "));
    const auto command = whole.back().substr(std::string_view("command ").size());

    for (std::size_t cut = 0; cut < lines.size(); ++cut) {
        for (const auto& event : command_events(lines.substr(0, cut), Feed::whole))
            CHECK(event == "continue");
    }
    for (std::size_t cut = 0; cut < command.size(); ++cut)
        static_cast<void>(parse_command(command.substr(0, cut)));
    return parse_command(command);
}

Result<Response> read_response(std::string_view lines) {
    const auto whole = response_events(lines, Feed::whole);
    CHECK(response_events(lines, Feed::octet_by_octet) == whole);
    REQUIRE(whole.size() == 1);
    constexpr std::string_view kept = "response 0 ";
    REQUIRE(whole.front().starts_with(kept));
    const auto response = whole.front().substr(kept.size());

    for (std::size_t cut = 0; cut < lines.size(); ++cut)
        CHECK(response_events(lines.substr(0, cut), Feed::whole).empty());
    for (std::size_t cut = 0; cut < response.size(); ++cut)
        static_cast<void>(parse_response(response.substr(0, cut)));
    return parse_response(response);
}

std::string written(const std::expected<Command, CommandError>& command) {
    if (!command) return "ERROR " + command.error().text;
    const auto pieces = write_command(*command, LiteralForm::non_synchronising);
    REQUIRE(pieces.size() == 1);
    return without_line_end(pieces.front());
}

std::string canonical(std::string_view text) {
    INFO("command: " << text);
    const auto command = read_command(fmt::format("A1 {}\r\n", text));
    const auto result = written(command);
    if (!command) return result;
    CHECK(parse_command(result) == command);
    return result.substr(std::string_view("A1 ").size());
}

std::string error_of(std::string_view text) {
    INFO("command: " << text);
    const auto command = read_command(fmt::format("A1 {}\r\n", text));
    if (command) return "no error";
    CHECK(command.error().tag == "A1");
    return command.error().text;
}

}  // namespace mailhold::imap::wire
