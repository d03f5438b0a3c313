#include "indexer/engine/shard_files.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "indexer/engine/octets.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr std::int32_t no_day = std::numeric_limits<std::int32_t>::min();
constexpr unsigned attachment_bit = 1;
constexpr unsigned no_text_bit = 2;
constexpr unsigned statuses_shift = 8;

}  // namespace

std::string encode(const ShardState& state) {
    return fmt::format("{} {} {} {} {} {} {} {}", state.position, state.documents, state.texts,
                       state.slabs, state.tail, state.in_slabs, state.dictionary,
                       state.dictionaries);
}

std::optional<ShardState> decode_state(std::string_view text) {
    std::array<std::uint64_t, 8> numbers{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (auto& number : numbers) {
        const auto read = std::from_chars(at, end, number);
        if (read.ec != std::errc()) return std::nullopt;
        at = read.ptr == end ? end : read.ptr + 1;
    }
    return ShardState{static_cast<std::uint32_t>(numbers[0]),
                      static_cast<std::uint32_t>(numbers[1]),
                      numbers[2],
                      numbers[3],
                      numbers[4],
                      static_cast<std::uint32_t>(numbers[5]),
                      numbers[6],
                      static_cast<std::uint32_t>(numbers[7])};
}

std::string encode(const Column& column) {
    std::string out;
    put_number(out, column.text);
    put_number(out, column.facts.sent
                        ? static_cast<std::int32_t>(column.facts.sent->time_since_epoch().count())
                        : no_day);
    put_u32(out, (column.facts.attachment ? attachment_bit : 0) |
                     (column.has_text ? 0 : no_text_bit) |
                     unsigned{column.facts.statuses} << statuses_shift);
    return out;
}

Column decode_column(std::string_view octets) {
    Column column;
    column.text = u64_at(octets, 0);
    if (const auto day = number_at<std::int32_t>(octets, 8); day != no_day)
        column.facts.sent = std::chrono::sys_days(std::chrono::days(day));
    const auto bits = u32_at(octets, 12);
    column.facts.attachment = (bits & attachment_bit) != 0;
    column.facts.statuses = static_cast<std::uint8_t>(bits >> statuses_shift);
    column.has_text = (bits & no_text_bit) == 0;
    return column;
}

std::string make_entry(Compressor& compressor, std::string_view octets) {
    const auto frame = compressor.compress(octets);
    std::string entry;
    put_u32(entry, static_cast<std::uint32_t>(frame.size()));
    return entry + frame;
}

std::optional<std::string> read_entry(const File& texts, std::uint64_t offset,
                                      Decompressor& decompressor, const Dictionaries& dictionaries,
                                      std::size_t likely_size) {
    auto entry = texts.read_some_at(offset, likely_size);
    if (!entry || entry->size() < 4) return std::nullopt;
    const std::size_t size = 4 + std::size_t{u32_at(*entry, 0)};
    if (size > entry->size()) entry = texts.read_at(offset, size);
    if (!entry) return std::nullopt;
    return decompressor.decompress(std::string_view(*entry).substr(4, size - 4), dictionaries);
}

std::string encode(const DictionaryEntry& entry) {
    std::string octets;
    put_number(octets, entry.before);
    return octets + entry.octets;
}

std::optional<DictionaryEntry> decode_dictionary(std::string_view octets) {
    if (octets.size() < sizeof(DictionaryEntry::before)) return std::nullopt;
    return DictionaryEntry{u64_at(octets, 0), std::string(octets.substr(8))};
}

}  // namespace mailhold::indexer::engine
