// Values as octets, and back: numbers as LEB128, strings behind their length. Reading is total.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailhold::indexer::text {

class Packer {
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
class Unpacker {
  public:
    explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

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
    std::string string() { return std::string(view()); }
    std::string_view view() {  // into the bytes
        const std::uint64_t size = number();
        if (size > bytes_.size()) ok = false;
        if (!ok) return {};
        const auto text = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return text;
    }
    bool at_end() const { return bytes_.empty(); }
    bool ok = true;

  private:
    std::string_view bytes_;
};

}  // namespace mailhold::indexer::text
