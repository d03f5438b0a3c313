// Any octets as an attachment, for the readers that are ours or small; PDF goes through the workers
// of extract_storm.cpp, as its library may hang.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "indexer/extract/extract.hpp"
#include "indexer/extract/frame.hpp"
#include "indexer/extract/rtf.hpp"
#include "indexer/mime/charset.hpp"
#include "indexer/text/unfold.hpp"

using namespace mailhold::indexer;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const text::Extraction& extraction, const extract::Limits& limits) {
    std::size_t size = 0;
    for (const auto& piece : extraction.pieces) {
        require(mime::is_utf8(piece));
        size += piece.size();
    }
    require(size <= limits.text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string octets(reinterpret_cast<const char*>(data), size);
    extract::Limits limits;
    limits.text = 1 << 16;
    limits.unpacked = 1 << 20;
    limits.in_memory = 1 << 18;
    limits.depth = 3;

    const auto head = std::string_view(octets).substr(0, extract::head_size);
    for (const std::string_view name : {"a.rtf", "a.zip", "a.eml", "a.html", "a.ics"}) {
        // PDF within a zip too: whatever says so is left out.
        if (extract::detect({}, name, head) == extract::Format::pdf || octets.contains("%PDF"))
            continue;
        check(extract::extract({{}, std::string(name), octets}, limits), limits);
    }
    extract::Output output(limits);
    extract::read_rtf(octets, output);
    check(output.finish(1), limits);
    require(text::unfold_lines(octets).size() <= size);
    if (const auto response = extract::decode_response(octets))
        require(extract::decode_response(extract::encode(*response)).has_value());
    if (const auto request = extract::decode_request(octets))
        require(extract::decode_request(extract::encode(request->document, request->limits))
                    .has_value());
    extract::decode_hello(octets);
    return 0;
}
