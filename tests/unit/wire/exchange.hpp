// How the tests of this folder read: a text goes through framer and parser whole, then octet by
// octet, then cut off behind every octet, and each way must tell the same story.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/command.hpp"
#include "imap/wire/framer.hpp"
#include "imap/wire/response.hpp"

namespace mailhold::imap::wire {

enum class Feed { whole, octet_by_octet };

// The events as lines: "command A1 NOOP", "continue", "too long A1: a line is ...".
std::vector<std::string> command_events(std::string_view stream, Feed feed,
                                        CommandFramer::Limits limits = {});
// "response * OK", "begin 70000 after ...", "data ..." (all pieces of a literal in one), "end",
// "broken ...".
std::vector<std::string> response_events(std::string_view stream, Feed feed,
                                         ResponseFramer::Limits limits = {});

// `lines` is one whole command with its line end. Checks that it comes out of the framer as one
// command however it is fed, and not before its last octet came; and that no cut makes the parser
// do worse than fail. Returns the parsed one.
std::expected<Command, CommandError> read_command(std::string_view lines);
Result<Response> read_response(std::string_view lines);

// The command as write_command writes it, in one text without its last line end; "ERROR ..." where
// there is none.
std::string written(const std::expected<Command, CommandError>& command);

// "A1 " + text + CRLF, read and written again without the tag: the canonical form of a command.
std::string canonical(std::string_view text);
// The error's text for "A1 " + text + CRLF.
std::string error_of(std::string_view text);

}  // namespace mailhold::imap::wire
