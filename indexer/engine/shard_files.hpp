// The files of one shard beside its terms, all only ever appended to:
//
//   terms/    Xapian: tokens, and the state that says how far each file below counts
//   texts     SearchTexts, each compressed, and the dictionaries that they were compressed with
//   columns   16 octets a message: where its text is, the day it was sent, whether it has attachments
//   slabs     filters of up to 1,024 messages each
//   tail-N    entries of the messages after the first N, which slabs hold
//
// What stands behind the state's sizes was never committed and is cut off when the shard is opened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/engine/index.hpp"
#include "indexer/engine/slab.hpp"
#include "store/base/compression.hpp"
#include "store/base/file.hpp"

namespace mailhold::indexer::engine {

inline std::filesystem::path terms_folder(const std::filesystem::path& shard) {
    return shard / "terms";
}
inline std::filesystem::path tail_file(const std::filesystem::path& shard, std::uint32_t in_slabs) {
    return shard / ("tail-" + std::to_string(in_slabs));
}

// Committed with the terms, as their metadata.
struct ShardState {
    std::uint32_t position = 0;   // all messages of this shard up to this number are in
    std::uint32_t documents = 0;  // how many those are
    std::uint64_t texts = 0;      // octets of each file that count
    std::uint64_t slabs = 0;
    std::uint64_t tail = 0;
    std::uint32_t in_slabs = 0;      // messages, the first ones; the others are in the tail
    std::uint64_t dictionary = 0;    // where in texts the newest one is; 0: there is none yet
    std::uint32_t dictionaries = 0;  // how many there are
    std::uint32_t in_tail() const { return documents - in_slabs; }
};
std::string encode(const ShardState& state);
std::optional<ShardState> decode_state(std::string_view text);

inline constexpr std::size_t column_size = 16;
struct Column {
    std::uint64_t text = 0;  // offset in texts
    bool has_text = true;    // false: too large to keep, the archive has it
    Facts facts;
    bool operator==(const Column&) const = default;
};
std::string encode(const Column& column);
Column decode_column(std::string_view octets);

inline constexpr std::size_t largest_kept_text = 32 << 20;

// What texts consists of: the size of a frame (four octets), and the frame.
// Texts are 4 % smaller than at level 5, for 3 % more of an indexer's time; level 12 would take 26 % more for 2 %.
inline constexpr int texts_level = 7;
std::string make_entry(Compressor& compressor, std::string_view octets);
// nullopt for damage.
std::optional<std::string> read_entry(const File& texts, std::uint64_t offset,
                                      Decompressor& decompressor,
                                      const Dictionaries& dictionaries = {},
                                      std::size_t likely_size = 4096);

// Dictionaries are a chain: each knows where the one before it is.
struct DictionaryEntry {
    std::uint64_t before = 0;  // 0: none
    std::string octets;
};
std::string encode(const DictionaryEntry& entry);
std::optional<DictionaryEntry> decode_dictionary(std::string_view octets);

}  // namespace mailhold::indexer::engine
