// One client's session, from greeting to BYE: octets in, octets out. No socket, no thread, no
// clock: the shell (connection.cpp) feeds it, and runs each step() where blocking is allowed.
// Searches are left to the shell altogether.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "imap/server/login/verdict.hpp"
#include "imap/server/state.hpp"
#include "imap/wire/command.hpp"
#include "imap/wire/framer.hpp"

namespace mailhold::imap::server {

enum class Next {
    again,           // write the output, then step() on
    input,           // feed(), or look() and step() when something changed that watch() names
    start_tls,       // write the output, shake hands, tls_started()
    compress,        // write the output, compress from there on, compression_started()
    check_password,  // check credentials(), login_result()
    search,          // run search(), search_result()
    close            // write the output and hang up
};

// A line as TLS made it.
struct TlsLine {
    std::optional<ScramExchange::Binding> binding = {};
    bool compresses = false;
    std::vector<std::string> certificate = {};  // the names of the client's, verified
};

class Session {
  public:
    // A step stops once it made so much; a message is kept whole.
    static constexpr std::size_t step_octets = 256 << 10;
    static constexpr int most_failed_logins = 3;
    static constexpr int most_bad_commands = 20;           // in a row, before login
    static constexpr std::size_t most_octets = 256 << 10;  // before login
    // Nor does anybody need a long command then.
    static constexpr wire::CommandFramer::Limits stranger_limits{
        .line = 8 << 10, .literal = 4 << 10, .command = 16 << 10};

    // `backend` outlives the session.
    Session(Backend& backend, Channel channel);
    Session(const Session&) = delete;  // its commands point into it
    Session& operator=(const Session&) = delete;

    // What step() did not consume stays buffered; the shell feeds only after Next::input.
    void feed(std::string_view octets);
    // Goes on until something is needed or enough output is made. Blocking: reads the archive.
    Next step(Output& out);

    // After Next::start_tls: forgets what came in plain, for it may be injected (RFC 3501 6.2.1).
    void tls_started(TlsLine line = {});
    // After Next::compress: what came behind the command, and is compressed.
    std::string compression_started();
    const Credentials& credentials() const { return state_.credentials; }
    void login_result(LoginResult result, const User* user = nullptr);  // who was accepted
    int failed_logins() const { return failed_logins_; }
    // After Next::search.
    const Search& search() const { return *state_.search; }
    void search_result(Result<Places> found) { found_ = std::move(found); }
    const User& user() const { return *state_.user; }      // once logged in
    const std::string& tag() const { return state_.tag; }  // of the command in work, if any
    // The next step says BYE and closes, once the command in work is answered.
    void bye(std::string reason);
    // What may give the session something to tell now; the shell then lets it look().
    struct Watch {
        std::optional<MailboxId> selected;
        bool is_view = false;   // that is made of others: any of them may change it
        std::string user = {};  // whose own flags it shows
        std::shared_ptr<const Watched> others;
        bool concerns(const store::Change& change) const;
        bool operator==(const Watch&) const = default;
    };
    Watch watch() const;
    void look() { look_ = true; }  // with the next step
    void ended();                  // the connection, in whatever way. Blocking
    bool must_say_bye() const { return bye_.has_value(); }

    bool logged_in() const { return state_.stage != Stage::not_authenticated; }
    bool idling() const { return state_.is_idle(); }
    std::optional<MailboxId> selected() const {
        return state_.selected ? std::optional(state_.selected->mailbox) : std::nullopt;
    }

  private:
    void look_at_rights(Output& out);
    Reply noted_login(Reply checked);
    void finish_login(Reply checked, Output& out);
    bool proceed(Output& out);                // false: nothing to do now
    bool tell(Output& out, Updates allowed);  // false: nothing more than is in the output
    bool take_line(Output& out);
    bool take_command(Output& out);
    void ask_for_literal(std::string_view so_far, Output& out);
    void execute(const wire::Command& command, Output& out);
    void refuse_command(std::string_view tag, std::string text, Output& out);
    void settle(Reply reply, Output& out);
    void finish(const Answer& answer, Output& out);
    void refuse_too_long(const wire::CommandFramer::TooLong& refused, Output& out);
    void say_bye(std::string_view reason, Output& out);

    State state_;
    wire::CommandFramer framer_;
    std::optional<BlobBuilder> literals_;  // of the APPEND or REPLACE that is coming in
    bool greeted_ = false;
    bool look_ = false;               // something may have changed of what IDLE or NOTIFY tells
    Updates updates_ = Updates::all;  // what the command in work allows
    int bad_commands_ = 0;
    int failed_logins_ = 0;
    std::size_t octets_ = 0;  // that came before login
    Reply checked_;           // the answer to a login, when it was checked
    std::optional<Result<Places>> found_;
    std::optional<std::string> bye_;
};

}  // namespace mailhold::imap::server
