// See frame.hpp.
#include "indexer/extract/frame.hpp"

#include <cstdint>

#include "indexer/mime/charset.hpp"
#include "indexer/text/packing.hpp"

namespace mailhold::indexer::extract {

using text::Packer;
using text::Unpacker;

std::array<char, frame_header> length_octets(std::size_t length) {
    std::array<char, frame_header> octets{};
    for (std::size_t i = 0; i < frame_header; ++i)
        octets[i] = static_cast<char>(length >> (8 * i) & 0xff);
    return octets;
}

std::size_t length_in(std::string_view header) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < frame_header; ++i)
        length |= std::size_t{static_cast<unsigned char>(header[i])} << (8 * i);
    return length;
}

std::string encode(const Hello& hello) {
    Packer packer;
    packer.string(hello.problem);
    packer.number(hello.landlock ? 1 : 0);
    return std::move(packer.out);
}

std::optional<Hello> decode_hello(std::string_view frame) {
    Unpacker reader(frame);
    Hello hello{mime::mend_utf8(reader.string()), reader.number() != 0};
    return reader.ok && reader.at_end() ? std::optional(std::move(hello)) : std::nullopt;
}

std::string encode(const Document& document, const Limits& limits) {
    Packer packer;
    for (const std::size_t limit : {limits.text, limits.unpacked, limits.in_memory, limits.members,
                                    limits.depth, std::size_t(limits.processor.count())})
        packer.number(limit);
    packer.string(document.type);
    packer.string(document.name);
    packer.string(document.content);
    return std::move(packer.out);
}

std::optional<Request> decode_request(std::string_view frame) {
    Unpacker reader(frame);
    Request request;
    for (std::size_t* limit :
         {&request.limits.text, &request.limits.unpacked, &request.limits.in_memory,
          &request.limits.members, &request.limits.depth})
        *limit = reader.number();
    request.limits.processor = std::chrono::milliseconds(reader.number());
    for (std::string* text :
         {&request.document.type, &request.document.name, &request.document.content})
        *text = reader.string();
    return reader.ok && reader.at_end() ? std::optional(std::move(request)) : std::nullopt;
}

std::string encode(const Response& response) {
    Packer packer;
    packer.number(static_cast<std::uint8_t>(response.extraction.status));
    packer.string(response.extraction.reason);
    packer.number(response.extraction.maker);
    packer.number(response.last ? 1 : 0);
    packer.number(response.extraction.pieces.size());
    for (const auto& piece : response.extraction.pieces) packer.string(piece);
    return std::move(packer.out);
}

std::optional<Response> decode_response(std::string_view frame) {
    Unpacker reader(frame);
    Response response;
    const auto status = reader.number();
    if (status >= text::extract_statuses) return std::nullopt;
    response.extraction.status = static_cast<text::ExtractStatus>(status);
    response.extraction.reason = mime::mend_utf8(reader.string());
    response.extraction.maker = static_cast<std::uint32_t>(reader.number());
    response.last = reader.number() != 0;
    for (auto left = reader.number(); left > 0 && reader.ok; --left)
        response.extraction.pieces.push_back(reader.string());
    return reader.ok && reader.at_end() ? std::optional(std::move(response)) : std::nullopt;
}

}  // namespace mailhold::indexer::extract
