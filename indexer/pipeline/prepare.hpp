// One message from its octets to what is kept of it: its SearchText for the index and its Summary
// for the catalog.
#pragma once

#include "indexer/text/search_text.hpp"
#include "store/archive.hpp"

namespace mailhold::indexer::pipeline {

struct Prepared {
    text::SearchText text;
    store::Summary summary;
};

// Damaged octets (Errc::corrupt, Errc::not_found) give an empty text, logged: nothing can be found
// in them. Any other failure to read is an error, and worth trying again. Whatever the octets are,
// a result comes back. Attachments are read by `extractor`, as long as that takes.
Result<Prepared> prepare(const store::ArchiveReader& archive, const store::StoredMessage& message,
                         const text::Extractor& extractor = {});
Result<text::SearchText> search_text(const store::ArchiveReader& archive, MessageNumber number,
                                     const text::Extractor& extractor = {});

// What came of reading the message's attachments: as the index says, where it has the message.
Result<std::vector<text::AttachmentState>> attachment_states(const store::ArchiveReader& archive,
                                                             MessageNumber number,
                                                             const text::Extractor& extractor = {});

}  // namespace mailhold::indexer::pipeline
