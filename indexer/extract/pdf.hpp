// The text of PDF (ISO 32000): the wall around poppler.
#pragma once

#include <string>
#include <string_view>

#include "indexer/extract/output.hpp"

namespace mailhold::indexer::extract {

// Pages, form fields, the document's properties, and the files embedded in it.
void read_pdf(std::string_view octets, Output& output);

std::string pdf_library_version();

}  // namespace mailhold::indexer::extract
