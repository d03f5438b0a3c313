// Small indexes for tests: messages of a subject and a body, written and asked for by number.
#pragma once

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "indexer/engine/index.hpp"
#include "tests/unit/engine/temporary_folder.hpp"

namespace mailhold::indexer::engine {

inline text::SearchText message(const std::string& body) {
    return {.fields = {{"subject", "SUBJECT OF " + body}, {"x-hash", "00112233445566778899"}},
            .header = "SUBJECT: SUBJECT OF " + body + " X-HASH: 00112233445566778899",
            .mime_headers = "",
            .body = body,
            .filenames = "",
            .sent = {}};
}

// Adds the messages, all shards, and commits.
inline void fill(IndexWriter& writer, std::uint32_t first, const std::vector<std::string>& bodies) {
    std::uint32_t next = first;
    for (const auto& body : bodies) REQUIRE(writer.add(MessageNumber{next++}, message(body)));
    for (std::uint32_t shard = 0; shard < writer.shards(); ++shard) {
        REQUIRE(writer.commit(shard, MessageNumber{next - 1}));
    }
}

inline std::vector<std::uint32_t> found(IndexReader& reader, query::TextScope scope,
                                        std::string needle, std::string name = {}) {
    const auto candidates =
        reader.candidates(query::TextKey{scope, std::move(name), std::move(needle)});
    REQUIRE(candidates);
    std::vector<std::uint32_t> out;
    for (std::uint32_t n = 1; n <= number(reader.through()); ++n) {
        if (candidates->holds(MessageNumber{n})) out.push_back(n);
    }
    return out;
}

using Numbers = std::vector<std::uint32_t>;

}  // namespace mailhold::indexer::engine
