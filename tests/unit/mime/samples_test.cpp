// The thousand sample mails: every one parses, its ranges nest, its texts are valid UTF-8.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "indexer/mime/section.hpp"
#include "tests/unit/mime/checks.hpp"

using namespace mailhold::indexer::mime;

namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
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
