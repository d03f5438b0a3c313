#include "indexer/mime/links.hpp"

#include <fmt/format.h>

#include <charconv>

#include "indexer/mime/header.hpp"
#include "store/base/digest.hpp"

namespace mailhold::indexer::mime {
namespace {

constexpr std::size_t most_fields = 10'000;     // of a header
constexpr std::size_t most_references = 1'000;  // of a message; the nearest ones count
constexpr std::size_t digits = 16;

IdHash hash_of(std::string_view id) {
    const Digest digest = sha256(id);
    IdHash hash = 0;
    for (std::size_t i = 0; i < sizeof(hash); ++i) hash = hash << 8 | digest.bytes.at(i);
    return hash;
}

// The next msg-id of RFC 5322 3.6.4 in `text`, which moves behind it. Quotes and blanks in it are
// of no meaning (RFC 5256 3: "normalized").
std::optional<IdHash> next_id(std::string_view& text) {
    while (true) {
        const auto begin = text.find('<');
        if (begin == std::string_view::npos) return std::nullopt;
        const auto end = text.find('>', begin);
        if (end == std::string_view::npos) return std::nullopt;
        std::string id;
        for (const char c : text.substr(begin + 1, end - begin - 1)) {
            if (c == '<')
                id.clear();
            else if (c != '"' && c != '\\' && c != ' ' && c != '\t' && c != '\r' && c != '\n')
                id += c;
        }
        text.remove_prefix(end + 1);
        const auto at = id.rfind('@');
        if (at != std::string::npos && at > 0 && at + 1 < id.size()) return hash_of(id);
    }
}

}  // namespace

Links read_links(std::string_view message) {
    Links links;
    std::string_view references, in_reply_to;
    const auto header = message.substr(0, fields_length(message));
    for (const auto& field : split_fields(header, most_fields)) {
        if (same_name(field.name, "Message-ID") && !links.id) {
            auto value = field.value;
            links.id = next_id(value);
        } else if (same_name(field.name, "References") && references.empty()) {
            references = field.value;
        } else if (same_name(field.name, "In-Reply-To") && in_reply_to.empty()) {
            in_reply_to = field.value;
        }
    }
    while (const auto id = next_id(references)) links.references.push_back(*id);
    if (links.references.empty()) {
        if (const auto id = next_id(in_reply_to)) links.references.push_back(*id);
    }
    if (links.references.size() > most_references)
        links.references.erase(links.references.begin(), links.references.end() - most_references);
    return links;
}

std::string links_text(const Links& links) {
    std::string text = links.id ? fmt::format("{:016x}", *links.id) : "-";
    for (const auto id : links.references) text += fmt::format(" {:016x}", id);
    return text;
}

std::optional<Links> links_from(std::string_view text) {
    Links links;
    for (bool first = true; first || !text.empty(); first = false) {
        if (!first) text.remove_prefix(1);
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size());
        if (first && word == "-") continue;
        IdHash id = 0;
        const auto read = std::from_chars(word.data(), word.data() + word.size(), id, 16);
        if (word.size() != digits || read.ptr != word.data() + digits) return std::nullopt;
        if (first) {
            links.id = id;
        } else {
            links.references.push_back(id);
        }
    }
    return links;
}

}  // namespace mailhold::indexer::mime
