// The parsers of the commands' arguments, a file a family. Each begins right behind the command's
// name, reads what its grammar allows, and leaves the end of the line to parse_command; a failure
// is in the cursor.
#pragma once

#include "imap/wire/command.hpp"
#include "imap/wire/cursor.hpp"

namespace mailhold::imap::wire {

// parse_session.cpp
Authenticate parse_authenticate(Cursor& in);
Login parse_login(Cursor& in);
Enable parse_enable(Cursor& in);
Id parse_id(Cursor& in);
Compress parse_compress(Cursor& in);
// parse_mailbox.cpp
Select parse_select(Cursor& in);
Status parse_status(Cursor& in);
std::vector<StatusItem> parse_status_items(Cursor& in);
Rename parse_rename(Cursor& in);
std::string parse_mailbox(Cursor& in);  // SP mailbox
// parse_list.cpp
List parse_list(Cursor& in);
List parse_lsub(Cursor& in);
// parse_fetch.cpp
Fetch parse_fetch(Cursor& in, NumberKind kind);
void parse_fetch_item(Cursor& in, std::vector<FetchItem>& items);  // one, or those of a macro
// parse_search.cpp
Search parse_search(Cursor& in, NumberKind kind);
void parse_return_options(Cursor& in, Search& search);  // ["RETURN" SP "(" ... ")" SP]
void parse_charset(Cursor& in, Search& search);         // charset SP
void parse_search_keys(Cursor& in, Search& search);     // search-key *(SP search-key)
// parse_sort.cpp
Sort parse_sort(Cursor& in, NumberKind kind);
Thread parse_thread(Cursor& in, NumberKind kind);
// parse_multisearch.cpp
MultiSearch parse_multisearch(Cursor& in);
CancelUpdate parse_cancel_update(Cursor& in);
Notify parse_notify(Cursor& in);
// parse_access.cpp
SetAcl parse_set_acl(Cursor& in);
DeleteAcl parse_delete_acl(Cursor& in);
ListRights parse_list_rights(Cursor& in);
// parse_metadata.cpp
GetMetadata parse_get_metadata(Cursor& in);
SetMetadata parse_set_metadata(Cursor& in);
std::vector<std::string> parse_metadata_entries(Cursor& in);  // one, or several in parentheses
// parse_change.cpp
Create parse_create(Cursor& in);
Append parse_append(Cursor& in);
Replace parse_replace(Cursor& in, NumberKind kind);
Store parse_store(Cursor& in, NumberKind kind);
Copy parse_copy(Cursor& in, NumberKind kind);
Expunge parse_uid_expunge(Cursor& in);

}  // namespace mailhold::imap::wire
