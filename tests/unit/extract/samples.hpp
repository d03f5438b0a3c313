// The sample attachments of tests/data/attachments.
#pragma once

#include <algorithm>
#include <string>

#include "indexer/extract/extract.hpp"
#include "indexer/text/fold.hpp"
#include "store/base/file.hpp"

namespace mailhold::test {

inline indexer::extract::Document sample(const std::string& name) {
    return {"application/octet-stream", name,
            *read_file(std::string(MAILHOLD_ATTACHMENTS) + "/" + name)};
}

// Nested mails come folded, everything else is folded by who asked.
inline bool holds(const indexer::text::Extraction& extraction, const std::string& words) {
    const auto folded = indexer::text::fold(words);
    return std::ranges::any_of(extraction.pieces, [&](const std::string& piece) {
        return indexer::text::fold(piece).contains(folded);
    });
}

inline std::string joined(const indexer::text::Extraction& extraction) {
    std::string all;
    for (const auto& piece : extraction.pieces) all += piece + "\n";
    return all;
}

}  // namespace mailhold::test
