// A server's stream: framing does not depend on how it is cut into packets, memory stays within
// limits, and every response parses or fails; those that we can write are the same when read again.
#include <string>
#include <vector>

#include "imap/wire/encode.hpp"
#include "imap/wire/framer.hpp"
#include "imap/wire/namespaces.hpp"
#include "imap/wire/response.hpp"
#include "store/base/error.hpp"

namespace {

using namespace mailhold::imap::wire;

constexpr ResponseFramer::Limits limits{
    .line = 2'000, .inline_limit = 50, .response = 5'000, .literal = 100'000};

struct Stream {
    std::vector<std::string> responses;
    std::string streamed;  // octets of all streamed literals
    bool operator==(const Stream&) const = default;
};

Stream cut(std::string_view octets, std::size_t step) {
    ResponseFramer framer(limits);
    Stream result;
    for (; !octets.empty(); octets.remove_prefix(std::min(step, octets.size()))) {
        framer.feed(octets.substr(0, step));
        while (true) {
            auto event = framer.next();
            if (auto* response = std::get_if<ResponseFramer::Response>(&event)) {
                MAILHOLD_ASSERT(response->octets.size() <= limits.response + limits.line);
                result.responses.push_back(std::move(response->octets));
            } else if (const auto* data = std::get_if<ResponseFramer::LiteralData>(&event)) {
                result.streamed += data->octets;
            } else if (std::holds_alternative<ResponseFramer::Broken>(event)) {
                return result;
            } else if (std::holds_alternative<ResponseFramer::Nothing>(event)) {
                break;
            }
        }
    }
    return result;
}

template <class Data>
void check_same(const std::string& line, const Data& data) {
    MAILHOLD_ASSERT(line.ends_with("\r\n"));
    const auto again = parse_response(std::string_view(line).substr(0, line.size() - 2));
    MAILHOLD_ASSERT(again && std::get<Data>(*again) == data);
}

void check_response(std::string_view text) {
    const auto response = parse_response(text);
    if (!response) {
        MAILHOLD_ASSERT(!response.error().text.empty());
        return;
    }
    if (const auto* status = std::get_if<StatusData>(&*response)) {
        auto data = *status;
        data.spelling.clear();  // ours is always modified UTF-7
        check_same(write(data, NameForm::modified_utf7), data);
    }
    if (const auto* fetch = std::get_if<FetchData>(&*response)) {
        if (!fetch->internal_date) return;
        const auto line = "* 1 FETCH (INTERNALDATE " + date_time_text(*fetch->internal_date) + ")";
        const auto again = parse_response(line);
        MAILHOLD_ASSERT(again && std::get<FetchData>(*again).internal_date == fetch->internal_date);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string octets(data, data + size);
    const auto whole = cut(octets, octets.size() + 1);
    MAILHOLD_ASSERT(whole == cut(octets, 1));
    MAILHOLD_ASSERT(whole == cut(octets, 7));
    for (const auto& text : whole.responses) check_response(text);
    check_response(octets);
    (void)parse_namespaces(octets);
    return 0;
}
