// The text of office documents that are zip files: OOXML (ECMA-376: DOCX, XLSX, PPTX) and
// OpenDocument (ISO/IEC 26300).
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "indexer/extract/output.hpp"

namespace mailhold::indexer::extract {

enum class OfficeKind { none, ooxml, open_document };
OfficeKind office_kind(const std::set<std::string>& members);

void read_office(OfficeKind kind, std::string_view octets, Output& output);

}  // namespace mailhold::indexer::extract
