// Any octets as a message: ranges nest, texts decode to UTF-8, every section and both structures
// can be served.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "indexer/mime/section.hpp"
#include "tests/unit/mime/checks.hpp"

using namespace mailhold::indexer::mime;

namespace {

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

// Lists are closed, strings too; literals are as long as they say.
bool balanced(std::string_view text) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && --depth < 0) return false;
        if (text[i] == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i)
                if (text[i] == '\\') ++i;
        } else if (text[i] == '{') {
            const std::size_t size = std::strtoul(text.data() + i + 1, nullptr, 10);
            i = text.find('\n', i) + size;
        }
    }
    return depth == 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    const ParsedMessage message = parse(octets, {.parts = 200, .depth = 20, .header_fields = 100});
    require(nests(message.root, {0, size}), "ranges nest");
    require(decodes(octets, message.root), "texts decode to UTF-8");
    require(balanced(envelope_text(message.envelope)), "ENVELOPE is balanced");
    require(balanced(structure_text(message, StructureForm::body_structure)),
            "BODYSTRUCTURE is balanced");
    for (const std::vector<std::uint32_t>& path :
         std::vector<std::vector<std::uint32_t>>{{}, {1}, {2}, {1, 1}, {2, 1}, {1, 2, 1}}) {
        const Part* part = find_part(message, path);
        const auto whole = find_section(octets, message, {path, SectionText::whole, {}});
        require((part != nullptr) == whole.has_value(), "a part and its section go together");
        for (const SectionText text : {SectionText::header, SectionText::text, SectionText::mime,
                                       SectionText::header_fields, SectionText::header_fields_not})
            find_section(octets, message, {path, text, {"Subject", "X"}});
    }
    return 0;
}
