// A client's stream: framing does not depend on how it is cut into packets, and a command that
// parses is, written and parsed again, the same command.
#include <string>
#include <vector>

#include "imap/wire/command.hpp"
#include "imap/wire/framer.hpp"
#include "store/base/error.hpp"

namespace {

using namespace mailhold::imap::wire;

constexpr CommandFramer::Limits limits{
    .line = 2'000, .literal = 1'000, .command = 5'000, .messages = 3'000};

std::vector<std::string> commands(std::string_view stream, std::size_t step) {
    CommandFramer framer(limits);
    std::vector<std::string> result;
    for (; !stream.empty(); stream.remove_prefix(std::min(step, stream.size()))) {
        framer.feed(stream.substr(0, step));
        for (auto event = framer.next(); !std::holds_alternative<CommandFramer::Nothing>(event);
             event = framer.next()) {
            if (auto* command = std::get_if<CommandFramer::Command>(&event)) {
                MAILHOLD_ASSERT(command->octets.size() <= limits.command);
                result.push_back(std::move(command->octets));
            } else if (const auto* piece = std::get_if<CommandFramer::Piece>(&event)) {
                MAILHOLD_ASSERT(!piece->octets.empty());
                if (result.empty() || !result.back().starts_with("piece "))
                    result.emplace_back("piece ");
                result.back() += piece->octets;
            } else if (const auto* refused = std::get_if<CommandFramer::TooLong>(&event)) {
                result.push_back(refused->text);
            } else {
                result.emplace_back("+");
            }
        }
    }
    return result;
}

void check_round_trip(std::string_view text) {
    const auto in_utf8 = parse_command(text, NameForm::utf8);
    MAILHOLD_ASSERT(in_utf8 || !in_utf8.error().text.empty());
    const auto command = parse_command(text);
    if (!command) {
        MAILHOLD_ASSERT(!command.error().text.empty());
        return;
    }
    for (const auto form : {LiteralForm::synchronising, LiteralForm::non_synchronising}) {
        std::string again;
        for (const auto& piece : write_command(*command, form)) again += piece;
        MAILHOLD_ASSERT(again.ends_with("\r\n"));
        again.resize(again.size() - 2);
        MAILHOLD_ASSERT(parse_command(again) == command);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string stream(data, data + size);
    const auto whole = commands(stream, stream.size() + 1);
    MAILHOLD_ASSERT(whole == commands(stream, 1));
    MAILHOLD_ASSERT(whole == commands(stream, 7));
    for (const auto& text : whole) check_round_trip(text);
    check_round_trip(stream);
    return 0;
}
