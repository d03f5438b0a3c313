// What goes over the socket between daemon and worker: eight octets of length, lowest first, then a
// request or an answer. The worker may have been taken over by its document: its answers are
// checked like any hostile input.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "indexer/extract/extract.hpp"

namespace mailhold::indexer::extract {

inline constexpr std::size_t frame_header = 8;
inline constexpr std::size_t frame_slack = 4 << 20;  // of an answer, beyond its text: lengths
std::array<char, frame_header> length_octets(std::size_t length);
std::size_t length_in(std::string_view header);

// The worker's first word.
struct Hello {
    std::string problem;  // empty: it is ready
    bool landlock = false;
};
std::string encode(const Hello& hello);
std::optional<Hello> decode_hello(std::string_view frame);

struct Request {
    Document document;
    Limits limits;
};
std::string encode(const Document& document, const Limits& limits);
std::optional<Request> decode_request(std::string_view frame);

struct Response {
    text::Extraction extraction;
    bool last = false;  // this worker takes no more documents
};
std::string encode(const Response& response);
std::optional<Response> decode_response(std::string_view frame);

}  // namespace mailhold::indexer::extract
