// The parsers of untagged responses, a file a family. Each begins right behind the response's name.
#pragma once

#include "imap/wire/cursor.hpp"
#include "imap/wire/response.hpp"

namespace mailhold::imap::wire {

// parse_raw.cpp: follows values that nobody asked to understand, without recursion.
// One value: a string, a literal (kept or streamed), an atom, or a parenthesised list of them with
// all it holds.
std::string_view parse_raw_value(Cursor& in);
// Up to and including the "]" that closes a bracket already open; what stands before it.
std::string_view parse_bracket(Cursor& in);

// parse_untagged.cpp
ListData parse_list_data(Cursor& in);
StatusData parse_status_data(Cursor& in);
SearchData parse_search_data(Cursor& in);
ESearchData parse_esearch_data(Cursor& in);
VanishedData parse_vanished_data(Cursor& in);
// parse_fetch_data.cpp
FetchData parse_fetch_data(Cursor& in, std::uint32_t sequence);

}  // namespace mailhold::imap::wire
