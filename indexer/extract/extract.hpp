// A document's octets to its text, whatever it is. Plain functions over values, but the libraries
// below them are large and the documents hostile: only the worker process (worker.hpp) calls this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "indexer/extract/format.hpp"
#include "indexer/extract/output.hpp"
#include "indexer/extract/package.hpp"
#include "indexer/text/attachment.hpp"

namespace mailhold::indexer::extract {

struct Document {
    std::string type;  // declared media type, lower case
    std::string name;
    std::string content;
};

text::Extraction extract(const Document& document, const Limits& limits);

// Which versions of our readers and of the libraries, and which limits.
std::uint32_t maker_of(const Limits& limits);

// Loads what the libraries would load from files when it is first needed: charsets above all. What
// is not loaded here is not there in the worker.
void warm_up();

// For readers of containers.
void read_document(Format format, std::string_view name, std::string_view content, Output& output);
void read_member(Package& package, const Member& member, Output& output);

}  // namespace mailhold::indexer::extract
