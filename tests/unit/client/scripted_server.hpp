// A server of one connection that plays a script on loopback: each step waits for a line from the
// client and answers.
// "$" at the start of an answer's line stands for the client's last tag.
#pragma once

#include <filesystem>
#include <functional>
#include <future>
#include <string>
#include <vector>

#include "imap/client/connection.hpp"

namespace mailhold::imap::client {

class ScriptedServer {
  public:
    enum class Then { go_on, start_tls, compress, close };
    struct Step {
        std::string expect;  // a line without its tag; "" waits for none, "?" takes any
        std::string answer;
        Then then = Then::go_on;
        // Makes the answer from the line heard and the stream, in place of `answer`.
        std::function<std::string(const std::string& line, const net::Stream& stream)> reply{};
    };

    explicit ScriptedServer(std::vector<Step> steps) : steps_(std::move(steps)) {
        std::string name =
            (std::filesystem::temp_directory_path() / "mailhold-client-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        identity_ = *net::ServerIdentity::load_or_make(folder_);
    }
    ~ScriptedServer() { std::filesystem::remove_all(folder_); }

    bool tls_from_start = false;
    Manners manners;
    net::ClientTrust trust() const { return {(folder_ / "tls.crt").string(), {}}; }

    using Body = std::function<net::awaitable<void>(Connection&)>;
    // Serves one client, which opens `endpoint`, runs `body` and goes. The error of opening, or an
    // empty one.
    Error open(Endpoint endpoint, Body body = {}) {
        net::Runtime runtime(2);
        WorkerPool pool("pool", 1);
        Cancel cancel;
        auto listener = net::Listener::bind(runtime.next_executor(), "127.0.0.1", 0);
        endpoint.port = (*listener)->port();
        if (endpoint.proxy)
            endpoint.proxy->port = std::exchange(endpoint.port, std::uint16_t{4711});
        std::promise<Error> opened;
        std::promise<void> served;
        auto served_future = served.get_future();
        runtime.spawn("server", serve(**listener, served));
        const Surroundings with{runtime, pool, cancel, manners, folder_};
        runtime.spawn("client", client(endpoint, with, std::move(body), opened));
        auto error = opened.get_future().get();
        (*listener)->close();
        served_future.wait();
        return error;
    }

    const std::string& heard() const { return heard_; }        // all lines, with tags
    const std::string& problems() const { return problems_; }  // where the client left the script

  private:
    static net::awaitable<void> client(Endpoint endpoint, Surroundings with, Body body,
                                       std::promise<Error>& opened) {
        auto connection = co_await Connection::open(std::move(endpoint), with);
        if (connection && body) co_await body(**connection);
        auto error = connection ? Error{} : connection.error();
        if (connection) connection->reset();
        opened.set_value(std::move(error));
    }

    net::awaitable<void> serve(net::Listener& listener, std::promise<void>& served) {
        auto executor = co_await boost::asio::this_coro::executor;
        auto accepted = co_await listener.accept(executor);
        if (accepted) co_await play(std::move(*accepted));
        served.set_value();
    }

    net::awaitable<void> play(net::Stream stream) {
        const auto deadline = net::in(std::chrono::seconds(20));
        Status status;
        if (tls_from_start) status = co_await stream.start_tls_server(identity_, deadline);
        for (const auto& step : steps_) {
            if (!status) co_return;
            if (!step.expect.empty()) {
                while (buffer_.find("\r\n") == std::string::npos) {
                    auto read = co_await stream.read_some(deadline);
                    if (!read || read->empty()) co_return;
                    buffer_ += *read;
                }
                hear(step.expect);
            }
            const auto answer =
                filled_in(step.reply ? step.reply(last_line_, stream) : step.answer);
            std::vector<std::string_view> pieces{answer};
            status = co_await stream.write(std::move(pieces), deadline);
            if (status && step.then == Then::start_tls)
                status = co_await stream.start_tls_server(identity_, deadline);
            if (step.then == Then::compress) stream.start_compression(net::Sends::mail, "");
            if (step.then == Then::close) co_return;
        }
        // Stays on the line until the client hangs up.
        while (true) {
            auto read = co_await stream.read_some(deadline);
            if (!read || read->empty()) co_return;
            heard_ += *read;
        }
    }

    void hear(const std::string& expect) {
        const auto end = buffer_.find("\r\n");
        const auto line = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        heard_ += line + "\n";
        const auto space = line.find(' ');
        const bool tagged = line.starts_with("M") && space != std::string::npos;
        if (tagged) tag_ = line.substr(0, space);
        const auto said = tagged ? line.substr(space + 1) : line;
        last_line_ = said;
        if (expect != "?" && said != expect)
            problems_ += "expected " + expect + ", heard " + said + "\n";
    }

    std::string filled_in(std::string answer) const {
        for (std::size_t i = 0; i < answer.size() && i < 4096; ++i) {
            if (answer[i] == '$' && (i == 0 || answer[i - 1] == '\n')) answer.replace(i, 1, tag_);
        }
        // The tag of the completion behind a large literal.
        const auto last = answer.rfind("\r\n$ ");
        if (last != std::string::npos) answer.replace(last + 2, 1, tag_);
        return answer;
    }

    std::vector<Step> steps_;
    std::filesystem::path folder_;
    std::shared_ptr<const net::ServerIdentity> identity_;  // shared with the streams
    std::string buffer_;
    std::string tag_;
    std::string last_line_;
    std::string heard_;
    std::string problems_;
};

}  // namespace mailhold::imap::client
