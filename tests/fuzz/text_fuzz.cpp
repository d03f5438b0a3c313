// Any octets as HTML, as a message to search and as a stored SearchText.
#include <cstdint>
#include <cstdlib>

#include "indexer/mime/charset.hpp"
#include "indexer/mime/parse.hpp"
#include "indexer/text/fold.hpp"
#include "indexer/text/html.hpp"
#include "indexer/text/search_text.hpp"

using namespace mailhold::indexer;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    require(text::visible_text(octets).size() <= size * 2 + 1);
    const std::string folded = text::fold(octets);
    require(mime::is_utf8(folded));
    require(folded.find('\n') == std::string::npos);

    const text::SearchText search = text::make_search_text(octets, mime::parse(octets));
    const std::string stored = text::serialise(search);
    const auto back = text::deserialise(stored);
    require(back && text::serialise(*back) == stored);
    if (const auto other = text::deserialise(octets)) text::serialise(*other);
    return 0;
}
