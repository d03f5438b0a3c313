// Result and Error: how an expected failure travels. Exceptions are kept for a broken environment.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace mailhold {

enum class Errc {
    invalid,  // the caller's input is wrong; the text says what to change
    not_found,
    exists,
    denied,     // not allowed, by policy or by the operating system
    locked,     // another process holds it
    io,         // the operating system refused a read or a write
    no_space,   // disk or quota full
    corrupt,    // stored bytes are not what was written
    network,    // could not connect, or the line was cut
    throttled,  // the other side asks for patience, or what it allows is used up
    tls,        // no trusted, encrypted connection could be made
    auth,       // the other side refused our credentials
    protocol,   // the other side sent what the protocol forbids
    limit,      // a named limit was reached
    timeout,
    cancelled,
    unsupported,
};

// What was being done, to what, and (where there is one) what to do next.
// Never holds a credential or text of a message.
struct Error {
    Errc code = Errc::invalid;
    std::string text;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

inline std::unexpected<Error> fail(Errc code, std::string text) {
    return std::unexpected<Error>(Error{code, std::move(text)});
}

// A short stable word for an error code: "no_space".
const char* name_of(Errc code);

[[noreturn]] void assertion_failed(const char* what, const char* file, int line);

}  // namespace mailhold

// A programmer's error ends the process in every build: state after it cannot be trusted.
#define MAILHOLD_ASSERT(condition)      \
    ((condition) ? static_cast<void>(0) \
                 : ::mailhold::assertion_failed(#condition, __FILE__, __LINE__))
