// SearchText as octets: a version, then every string behind its length (LEB128). The index
// compresses it (zstd).
#include <cstdint>

#include "indexer/text/search_text.hpp"

namespace mailhold::indexer::text {
namespace {

constexpr char version = 1;

class Writer {
  public:
    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
        out += static_cast<char>(value);
    }
    void string(std::string_view text) {
        number(text.size());
        out += text;
    }
    std::string out;
};

// Once something is wrong, `ok` is false and everything read is empty.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (bytes_.empty()) break;
            const auto octet = static_cast<unsigned char>(bytes_.front());
            bytes_.remove_prefix(1);
            value |= std::uint64_t{octet & 0x7fU} << shift;
            if (octet < 0x80) return value;
        }
        ok = false;
        return 0;
    }
    std::string string() {
        const std::uint64_t size = number();
        if (size > bytes_.size()) ok = false;
        if (!ok) return {};
        std::string text(bytes_.substr(0, size));
        bytes_.remove_prefix(size);
        return text;
    }
    bool at_end() const { return bytes_.empty(); }
    bool ok = true;

  private:
    std::string_view bytes_;
};

}  // namespace

std::string serialise(const SearchText& text) {
    Writer writer;
    writer.out += version;
    writer.number(text.fields.size());
    for (const SearchField& field : text.fields) {
        writer.string(field.name);
        writer.string(field.value);
    }
    for (const std::string* part : {&text.header, &text.mime_headers, &text.body, &text.filenames})
        writer.string(*part);
    writer.number(text.sent ? 1 : 0);
    if (text.sent) {
        writer.number(static_cast<std::uint64_t>(text.sent->utc.time_since_epoch().count()));
        writer.number(static_cast<std::uint16_t>(text.sent->offset_minutes));
    }
    return std::move(writer.out);
}

std::optional<SearchText> deserialise(std::string_view bytes) {
    if (bytes.empty() || bytes.front() != version) return std::nullopt;
    Reader reader(bytes.substr(1));
    SearchText text;
    for (std::uint64_t left = reader.number(); left > 0 && reader.ok; --left) {
        std::string name = reader.string();
        text.fields.push_back({std::move(name), reader.string()});
    }
    for (std::string* part : {&text.header, &text.mime_headers, &text.body, &text.filenames})
        *part = reader.string();
    if (reader.number() == 1) {
        const auto seconds = static_cast<std::int64_t>(reader.number());
        const auto minutes = static_cast<std::int16_t>(reader.number());
        text.sent = ZonedSeconds{UtcSeconds(std::chrono::seconds(seconds)), minutes};
    }
    if (!reader.ok || !reader.at_end()) return std::nullopt;
    return text;
}

}  // namespace mailhold::indexer::text
