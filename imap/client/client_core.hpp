// The client's side of one IMAP connection as plain code: commands in, octets out; octets in,
// events out. No socket, no clock. Invariant: memory is bounded by Limits whatever the server
// sends; a large literal is never held here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "imap/wire/command.hpp"
#include "imap/wire/framer.hpp"
#include "imap/wire/response.hpp"
#include "imap/wire/utf8_names.hpp"
#include "store/base/error.hpp"

namespace mailhold::imap::client {

enum class CommandId : std::uint32_t {};

class ClientCore {
  public:
    struct Limits {
        // The longest line is a SEARCH answer: two million UIDs of seven digits.
        wire::ResponseFramer::Limits framer{.line = 16 << 20};
        std::size_t garbled =
            16;  // untagged responses that make no sense, until the connection is given up
    };
    enum class Start { greeting, after_starttls /* the server does not greet again */ };

    struct Nothing {};  // feed more
    struct Greeting {
        wire::StatusResponse status;
    };
    struct Data {
        wire::Response response;
        std::size_t streamed = 0;
        bool asked_for = false;
    };  // untagged; `streamed` literals came before it; whether it is what a command in flight asks for
    struct LiteralBegin {
        std::uint64_t size = 0;
    };  // belongs to the Data that follows; only while a command in flight asks for octets of messages
    struct LiteralData {
        std::string_view octets;
    };  // valid until the next call
    struct LiteralEnd {};
    struct Idling {};  // the server has begun to IDLE
    struct Challenge {
        std::string octets;
    };  // of AUTHENTICATE; waits for answer() or give_up()
    struct Completed {
        CommandId command{};
        wire::StatusResponse status;
    };
    struct Garbled {
        std::string text;
    };  // a response that could not be read was skipped
    struct Broken {
        Error error;
    };  // for good; close the connection
    using Event = std::variant<Nothing, Greeting, Data, LiteralBegin, LiteralData, LiteralEnd,
                               Idling, Challenge, Completed, Garbled, Broken>;

    explicit ClientCore(Start start) : ClientCore(start, Limits{}) {}
    ClientCore(Start start, Limits limits);

    // Queues a command behind those before it (RFC 9051 5.5 pipelining).
    CommandId submit(wire::CommandBody body);
    // What AUTHENTICATE says to the last Challenge, not yet in base64; or that it says no more.
    void answer(std::string_view octets);
    void give_up();
    // Ends an IDLE, now or as soon as the server has begun it (RFC 2177).
    void finish_idle();
    // What may be sent now: stops at a synchronising literal, IDLE, AUTHENTICATE, STARTTLS and COMPRESS until they are
    // answered.
    // Begins so many commands at most; begun() counts all of them.
    std::string take_output(std::size_t commands = static_cast<std::size_t>(-1));
    bool waiting() const;  // for more commands to be allowed
    std::size_t begun() const { return begun_; }

    void feed(std::string_view octets) { framer_.feed(octets); }
    Event next();

    std::size_t outstanding() const { return pending_.size(); }
    std::size_t in_flight() const;  // of them, those that were sent, or begun to be
    void withdraw();                // the others
    bool drained() const {
        return framer_.empty();
    }  // false: something came that STARTTLS must not carry over
    // What came behind the last event and was not read: of COMPRESS, it is compressed already.
    std::string take_rest() { return framer_.take_rest(); }
    // What the server offers, and what IMAP4rev2 is made of where that is spoken.
    bool has(std::string_view capability) const;
    bool enabled(std::string_view capability) const { return enabled_.contains(capability); }
    const std::set<std::string, std::less<>>& capabilities() const { return capabilities_; }
    void forget_capabilities() { capabilities_.clear(); }

  private:
    enum class Kind { plain, authenticate, idle, change_of_line /* STARTTLS, COMPRESS */ };
    enum class Asks { nothing, list, status, search, fetch };  // for untagged data
    static Asks asked_by(const wire::CommandBody& body);
    static Asks answered_by(const wire::Response& response);
    struct Pending {
        CommandId id{};
        std::string tag;
        Kind kind = Kind::plain;
        std::deque<std::string> pieces;  // still to be sent
        bool sent = false;               // its first piece
        bool begun = false;              // of an IDLE
        bool finish = false;             // of an IDLE
        bool asked = false;              // an AUTHENTICATE owes the answer to a challenge
        Asks asks = Asks::nothing;
        bool octets = false;  // of messages are asked for
    };

    bool speaks_rev2() const;
    wire::NameForm names() const;
    std::optional<Event> step();
    std::optional<Event> on_response(const std::string& octets, std::size_t streamed);
    Event on_status(wire::StatusResponse status);
    std::optional<Event> on_continuation(std::string_view text);
    void reply(std::string_view line);
    Event broken(Errc code, std::string text);
    Pending* blocked();

    Limits limits_;
    wire::ResponseFramer framer_;
    bool greeted_;
    std::uint32_t next_id_ = 1;
    std::size_t begun_ = 0;
    std::deque<Pending> pending_;  // in the order they were submitted
    std::optional<CommandId>
        blocked_;  // nothing may be sent past this one until the server says so
    std::string output_;
    std::set<std::string, std::less<>> capabilities_;
    std::set<std::string, std::less<>> enabled_;
    std::size_t garbled_ = 0;
    std::optional<Error> error_;
};

// What a server said, fit for an error or a log line: printable ASCII, at most 200 octets.
std::string printable(std::string_view text);

}  // namespace mailhold::imap::client
