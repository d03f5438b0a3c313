// SearchText: a message as SEARCH compares it, every string folded (fold.hpp). The index narrows on
// its tokens, the matcher decides on it; both get it from here, whether the message is indexed
// already or not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/mime/parsed_message.hpp"
#include "indexer/text/attachment.hpp"

namespace mailhold::indexer::text {

struct SearchField {
    std::string name;   // lower case
    std::string value;  // folded
};

struct SearchText {
    std::vector<SearchField> fields;  // the message's header fields, in order
    std::string
        header;  // "NAME: VALUE" of all fields, folded, joined by blanks: what TEXT sees of them
    std::string mime_headers;  // the header fields of all parts but the root, joined likewise
    std::string body;  // every text/* part, nested messages' too, in order, joined by blanks; an
                       // HTML part twice: its decoded source and its visible text
    std::string
        filenames;  // names of attachments, joined by line ends ('\n' never occurs in folded text)
    // The text of attachments, and of calendars and contacts as people read them. Pieces are closed
    // by line ends, which no needle holds: no phrase runs from one piece to the next.
    std::string attachments{};
    // Of all parts that are neither inline text nor containers.
    std::vector<AttachmentState> states{};
    std::optional<ZonedSeconds> sent;  // the Date field
};

// Without an extractor no attachment is read, and all of them have failed.
SearchText make_search_text(std::string_view octets, const mime::ParsedMessage& message,
                            const Extractor& extractor = {});

// What of a stored text is made anew besides its body, its attachments and its date: these two are
// most of the work.
struct HeadParts {
    bool fields = true;
    bool header = true;
};

// For storage in the index; versioned. nullopt for bytes that are not one. What is not among
// `parts` stays empty.
std::string serialise(const SearchText& text);
std::optional<SearchText> deserialise(std::string_view bytes, HeadParts parts = {});

}  // namespace mailhold::indexer::text
