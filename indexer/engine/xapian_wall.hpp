// The one place where Xapian's exceptions become Errors, and the layout of a shard. For the sources
// of engine only.
#pragma once

#include <fmt/format.h>
#include <xapian.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>

#include "store/base/error.hpp"
#include "store/base/ids.hpp"

namespace mailhold::indexer::engine {

// Metadata of a shard, committed with its documents.
inline constexpr char format_key[] = "format";  // of everything below; another one is made anew
inline constexpr char shards_key[] = "shards";  // k
inline constexpr char state_key[] = "state";    // ShardState
inline constexpr char making_key[] = "making";  // which making of the index: compaction keeps it
inline constexpr char compacted_key[] = "compacted";  // documents at the last compaction
inline constexpr char mark_key[] = "mark";            // what the caller gave with the last commit
// New terms since the last compaction, in chunks, for readers to follow without walking all terms.
// Chunks are numbered on for ever.
inline constexpr char first_chunk_key[] = "lexicon/first";
inline std::string lexicon_key(std::uint32_t chunk) {
    return fmt::format("lexicon/{:08x}", chunk);
}
// The last chunk that was forgotten, and its octets: who had read as far lacks nothing.
inline constexpr char forgotten_key[] = "lexicon/forgotten";
inline std::string forgotten_text(std::uint32_t chunk, std::size_t octets) {
    return fmt::format("{} {}", chunk, octets);
}
std::uint32_t number_in(const Xapian::Database& terms, const char* key);  // 0: there is none
inline std::uint32_t first_chunk(const Xapian::Database& terms) {
    return number_in(terms, first_chunk_key);
}
std::uint32_t last_chunk(const Xapian::Database& terms);
inline constexpr char format[] = "mailhold-14";

inline std::filesystem::path shard_folder(const std::filesystem::path& folder,
                                          std::uint32_t shard) {
    return folder / fmt::format("shard-{}", shard);
}
// Message n is document (n-1)/k+1 of shard (n-1) mod k.
inline std::uint32_t shard_of(MessageNumber message, std::uint32_t shards) {
    return (number(message) - 1) % shards;
}
inline Xapian::docid docid_of(MessageNumber message, std::uint32_t shards) {
    return (number(message) - 1) / shards + 1;
}
inline std::uint32_t number_of(Xapian::docid docid, std::uint32_t shard, std::uint32_t shards) {
    return (docid - 1) * shards + shard + 1;
}

Error error_of(std::string_view doing, const Xapian::Error& problem);

// Runs f, which returns T or Result<T>; what Xapian throws becomes an Error.
template <class F>
auto wall(std::string_view doing, F&& f) {
    using Returned = std::invoke_result_t<F>;
    if constexpr (requires(Returned returned) { returned.error(); }) {
        try {
            return f();
        } catch (const Xapian::Error& problem) {
            return Returned(std::unexpected(error_of(doing, problem)));
        }
    } else {
        using Wrapped = Result<Returned>;
        try {
            if constexpr (std::is_void_v<Returned>) {
                f();
                return Wrapped();
            } else {
                return Wrapped(f());
            }
        } catch (const Xapian::Error& problem) {
            return Wrapped(std::unexpected(error_of(doing, problem)));
        }
    }
}

}  // namespace mailhold::indexer::engine
