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
    return fmt::format("{} {} {} {} {}", state.position, state.documents, state.texts, state.slabs,
                       state.tail);
}

std::optional<ShardState> decode_state(std::string_view text) {
    std::array<std::uint64_t, 5> numbers{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (auto& number : numbers) {
        const auto read = std::from_chars(at, end, number);
        if (read.ec != std::errc()) return std::nullopt;
        at = read.ptr == end ? end : read.ptr + 1;
    }
    return ShardState{static_cast<std::uint32_t>(numbers[0]),
                      static_cast<std::uint32_t>(numbers[1]), numbers[2], numbers[3], numbers[4]};
}

std::string encode(const Column& column) {
    std::string out;
    put_number(out, column.block);
    put_number(out, column.facts.sent
                        ? static_cast<std::int32_t>(column.facts.sent->time_since_epoch().count())
                        : no_day);
    put_number(out, column.in_block);
    put_number(out, static_cast<std::uint16_t>((column.facts.attachment ? attachment_bit : 0) |
                                               (column.has_text ? 0 : no_text_bit) |
                                               unsigned{column.facts.statuses} << statuses_shift));
    return out;
}

Column decode_column(std::string_view octets) {
    Column column;
    column.block = u64_at(octets, 0);
    if (const auto day = number_at<std::int32_t>(octets, 8); day != no_day)
        column.facts.sent = std::chrono::sys_days(std::chrono::days(day));
    column.in_block = number_at<std::uint16_t>(octets, 12);
    const auto bits = number_at<std::uint16_t>(octets, 14);
    column.facts.attachment = (bits & attachment_bit) != 0;
    column.facts.statuses = static_cast<std::uint8_t>(bits >> statuses_shift);
    column.has_text = (bits & no_text_bit) == 0;
    return column;
}

std::string make_block(Compressor& compressor, const std::vector<std::string>& texts) {
    std::string octets;
    for (const auto& text : texts) {
        put_u32(octets, static_cast<std::uint32_t>(text.size()));
        octets += text;
    }
    const auto frame = compressor.compress(octets);
    std::string block;
    put_u32(block, static_cast<std::uint32_t>(frame.size()));
    return block + frame;
}

std::optional<std::vector<std::string>> read_block(Decompressor& decompressor,
                                                   std::string_view frame) {
    const auto octets = decompressor.decompress(frame);
    if (!octets) return std::nullopt;
    std::vector<std::string> texts;
    for (std::string_view rest = *octets; !rest.empty();) {
        if (rest.size() < 4 || rest.size() - 4 < u32_at(rest, 0)) return std::nullopt;
        const auto size = u32_at(rest, 0);
        texts.emplace_back(rest.substr(4, size));
        rest.remove_prefix(4 + std::size_t{size});
    }
    return texts;
}

}  // namespace mailhold::indexer::engine
