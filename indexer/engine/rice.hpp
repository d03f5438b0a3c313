// Ascending numbers as Rice codes of their gaps: `low` bits of a gap as they are, what is above them
// in ones behind which stands a zero. What does not fill the last octet is ones, which say nothing.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "indexer/engine/octets.hpp"

namespace mailhold::indexer::engine {

class RiceWriter {
  public:
    explicit RiceWriter(unsigned low) : low_(low) {}
    void add(std::uint32_t number) {
        const auto gap = number - next_;
        next_ = number + 1;
        for (auto ones = gap >> low_; ones > 0;) {
            const auto some = std::min(ones, 32U);
            put((std::uint64_t{1} << some) - 1, some);
            ones -= some;
        }
        put(std::uint64_t{gap & ((1U << low_) - 1)} << 1, low_ + 1);
    }
    std::string finish() {
        if (used_ % 8 != 0) put(0xff, 8 - used_ % 8);
        flush();
        return std::move(octets_);
    }

  private:
    void put(std::uint64_t bits, unsigned count) {
        window_ |= (bits & ((std::uint64_t{1} << count) - 1)) << used_;
        used_ += count;
        if (used_ > 32) flush();
    }
    void flush() {
        for (; used_ >= 8; used_ -= 8, window_ >>= 8) octets_ += static_cast<char>(window_);
    }
    const unsigned low_;
    std::uint32_t next_ = 0;
    std::uint64_t window_ = 0;
    unsigned used_ = 0;
    std::string octets_;
};

// How many bits that takes, without writing them.
inline std::uint64_t rice_bits(std::span<const std::uint32_t> ascending, unsigned low) {
    std::uint64_t bits = 0;
    std::uint32_t next = 0;
    for (const auto number : ascending) {
        bits += ((number - next) >> low) + 1 + low;
        next = number + 1;
    }
    return bits;
}

// Reading is total: whatever the octets, numbers ascend and end.
class RiceReader {
  public:
    RiceReader(std::string_view octets, unsigned low) : octets_(octets), low_(low) {}
    // False at the end.
    bool next(std::uint32_t& number) {
        std::uint64_t gap = 0;
        for (;;) {
            if (left_ == 0 && !refill()) return false;
            const auto ones = static_cast<unsigned>(std::countr_one(window_));
            const auto taken = std::min(ones, left_);
            gap += taken;
            skip(taken);
            if (left_ > 0) break;
        }
        skip(1);
        gap <<= low_;
        for (unsigned have = 0; have < low_;) {
            if (left_ == 0 && !refill()) return false;
            const auto taken = std::min(low_ - have, left_);
            gap |= (window_ & ((std::uint64_t{1} << taken) - 1)) << have;
            skip(taken);
            have += taken;
        }
        next_ += gap + 1;
        if (next_ > UINT32_MAX) return false;
        number = static_cast<std::uint32_t>(next_ - 1);
        return true;
    }
    std::size_t octets_read() const { return at_ - left_ / 8; }

  private:
    bool refill() {
        const auto size = std::min<std::size_t>(sizeof window_, octets_.size() - at_);
        if (size == 0) return false;
        window_ = u64_at(octets_, at_);  // of what is not there, zeros
        left_ = static_cast<unsigned>(8 * size);
        at_ += size;
        return true;
    }
    void skip(unsigned bits) {
        window_ = bits == 64 ? 0 : window_ >> bits;
        left_ -= bits;
    }
    std::string_view octets_;
    const unsigned low_;
    std::size_t at_ = 0;
    std::uint64_t window_ = 0;
    unsigned left_ = 0;
    std::uint64_t next_ = 0;
};

}  // namespace mailhold::indexer::engine
