// SearchText as octets: a version, then every string behind its length (LEB128); the header only
// where its fields do not tell it. The index compresses it (zstd).
#include <cstdint>

#include "indexer/text/packing.hpp"
#include "indexer/text/search_text.hpp"

namespace mailhold::indexer::text {
namespace {

constexpr char version = 3;

void add_field(std::string& header, std::string_view name, std::string_view value) {
    if (!header.empty() && header.back() != ' ') header += ' ';
    for (const char c : name) header += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    header += ": ";
    header += value;
}

// What the header nearly always is.
std::string header_of(const std::vector<SearchField>& fields) {
    std::string header;
    for (const SearchField& field : fields) add_field(header, field.name, field.value);
    return header;
}

}  // namespace

std::string serialise(const SearchText& text) {
    Packer writer;
    writer.out += version;
    writer.number(text.fields.size());
    for (const SearchField& field : text.fields) {
        writer.string(field.name);
        writer.string(field.value);
    }
    const bool header_told = text.header == header_of(text.fields);
    writer.number(header_told ? 1 : 0);
    if (!header_told) writer.string(text.header);
    for (const std::string* part :
         {&text.mime_headers, &text.body, &text.filenames, &text.attachments})
        writer.string(*part);
    writer.number(text.states.size());
    for (const AttachmentState& state : text.states) {
        writer.string(state.number);
        writer.number(static_cast<std::uint8_t>(state.status));
        writer.string(state.reason);
        writer.number(state.maker);
    }
    writer.number(text.sent ? 1 : 0);
    if (text.sent) {
        writer.number(static_cast<std::uint64_t>(text.sent->utc.time_since_epoch().count()));
        writer.number(static_cast<std::uint16_t>(text.sent->offset_minutes));
    }
    return std::move(writer.out);
}

std::optional<SearchText> deserialise(std::string_view bytes, HeadParts parts) {
    if (bytes.empty() || bytes.front() != version) return std::nullopt;
    Unpacker reader(bytes.substr(1));
    SearchText text;
    for (std::uint64_t left = reader.number(); left > 0 && reader.ok; --left) {
        const auto name = reader.view();
        const auto value = reader.view();
        if (parts.fields) text.fields.push_back({std::string(name), std::string(value)});
        if (parts.header) add_field(text.header, name, value);
    }
    if (reader.number() != 1) {
        const auto header = reader.view();
        if (parts.header) text.header = header;
    }
    for (std::string* part : {&text.mime_headers, &text.body, &text.filenames, &text.attachments})
        *part = reader.string();
    for (std::uint64_t left = reader.number(); left > 0 && reader.ok; --left) {
        AttachmentState state;
        state.number = reader.string();
        const std::uint64_t status = reader.number();
        if (status >= extract_statuses) return std::nullopt;
        state.status = static_cast<ExtractStatus>(status);
        state.reason = reader.string();
        state.maker = static_cast<std::uint32_t>(reader.number());
        text.states.push_back(std::move(state));
    }
    if (reader.number() == 1) {
        const auto seconds = static_cast<std::int64_t>(reader.number());
        const auto minutes = static_cast<std::int16_t>(reader.number());
        text.sent = ZonedSeconds{UtcSeconds(std::chrono::seconds(seconds)), minutes};
    }
    if (!reader.ok || !reader.at_end()) return std::nullopt;
    return text;
}

}  // namespace mailhold::indexer::text
