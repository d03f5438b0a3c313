// The announcement of a literal at the end of a line: {n}, {n+} (RFC 7888), ~{n} (RFC 3516), and
// our own {n*}.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mailhold::imap::wire {

struct Literal {
    enum class Form {
        synchronising,      // {n}: a client waits for "+" before it goes on
        non_synchronising,  // {n+}
        streamed            // {n*}: a framer's mark for a literal that it handed out in pieces
    };
    std::uint64_t size = 0;
    Form form = Form::synchronising;
    bool binary = false;     // literal8, "~{n}": may hold NUL
    std::size_t length = 0;  // of the announcement, without the line end
};

// No announcement is longer than this: "~{9223372036854775807+}".
inline constexpr std::size_t max_announcement = 24;

// The announcement that `text` begins with; sizes are number64 (RFC 9051), up to 2^63 - 1, in at
// most 19 digits.
std::optional<Literal> literal_at_start(std::string_view text);
// The one that `line`, as it came from the other side, ends with; never our own mark.
std::optional<Literal> literal_at_end(std::string_view line);

}  // namespace mailhold::imap::wire
