// The thousand sample mails: every one parses, its ranges nest, its texts are valid UTF-8.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "indexer/mime/charset.hpp"
#include "indexer/mime/parse.hpp"
#include "indexer/mime/section.hpp"

using namespace mailhold::indexer::mime;

namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Header before body, children within their parent's body, in order and apart.
bool nests(const Part& part, Range within) {
    if (part.header.begin > part.header.end || part.body.begin > part.body.end) return false;
    if (part.header.end != part.body.begin) return false;
    if (part.header.begin < within.begin || part.body.end > within.end) return false;
    std::size_t last = part.body.begin;
    for (const Part& child : part.children) {
        if (child.header.begin < last || !nests(child, part.body)) return false;
        last = child.body.end;
    }
    return true;
}

bool decodes(std::string_view mail, const Part& part) {
    for (const HeaderField& field : part.fields)
        if (!is_utf8(field.value)) return false;
    if (!is_utf8(decoded_text(mail, part)) || !is_utf8(part.filename)) return false;
    for (const Part& child : part.children)
        if (!decodes(mail, child)) return false;
    return true;
}

}  // namespace

TEST_CASE("every sample mail parses, nests, decodes and can be served") {
    std::size_t mails = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(MAILHOLD_SAMPLE_MAIL)) {
        if (entry.path().extension() != ".eml") continue;
        ++mails;
        const std::string mail = read(entry.path());
        INFO(entry.path().string());
        const ParsedMessage message = parse(mail);
        CHECK(message.root.header.begin == 0);
        CHECK(message.root.body.end == mail.size());
        CHECK(nests(message.root, {0, mail.size()}));
        CHECK(decodes(mail, message.root));
        CHECK_FALSE(envelope_text(message.envelope).empty());
        CHECK_FALSE(structure_text(message, StructureForm::body_structure).empty());
    }
    CHECK(mails == 1000);
}
