// A client for one request and one connection. "Connection: close" makes the end of the answer
// plain.
#include "api/http/get.hpp"

#include <fmt/format.h>

#include <charconv>
#include <future>

#include "imap/net/runtime.hpp"

namespace mailhold::http {
namespace {

namespace net = imap::net;

constexpr std::size_t most_octets = 16 << 20;

// `request` is whole.
net::awaitable<Result<std::string>> fetch(std::string host, std::uint16_t port, std::string request,
                                          net::Deadline deadline) {
    auto stream = co_await net::Stream::connect(host, port, deadline);
    if (!stream) co_return std::unexpected(stream.error());
    std::vector<std::string_view> pieces = {request};
    auto written = co_await stream->write(pieces, deadline);
    if (!written) co_return std::unexpected(written.error());
    std::string answer;
    while (answer.size() < most_octets) {
        auto octets = co_await stream->read_some(deadline);
        if (!octets) co_return std::unexpected(octets.error());
        if (octets->empty()) co_return answer;
        answer += *octets;
    }
    co_return fail(Errc::limit, "the answer is too long");
}

net::awaitable<void> fetch_into(std::promise<Result<std::string>>& result, std::string host,
                                std::uint16_t port, std::string request, net::Deadline deadline) {
    auto answer = co_await fetch(std::move(host), port, std::move(request), deadline);
    result.set_value(std::move(answer));
}

Result<Answer> ask(std::string host, std::uint16_t port, std::string request,
                   std::chrono::milliseconds timeout) {
    std::promise<Result<std::string>> result;
    net::Runtime runtime(1);
    runtime.spawn("http.ask",
                  fetch_into(result, std::move(host), port, std::move(request), net::in(timeout)));
    auto octets = result.get_future().get();
    if (!octets) return std::unexpected(octets.error());
    return parse_answer(*octets);
}

}  // namespace

Result<Answer> parse_answer(std::string_view octets) {
    auto head_end = octets.find("\r\n\r\n");
    Answer answer;
    bool good =
        head_end != std::string_view::npos && octets.starts_with("HTTP/1.") && octets.size() > 12 &&
        std::from_chars(octets.data() + 9, octets.data() + 12, answer.status).ec == std::errc{};
    if (!good) return fail(Errc::protocol, "what answers there is no HTTP server");
    answer.body = octets.substr(head_end + 4);
    return answer;
}

Result<Answer> get(std::string host, std::uint16_t port, std::string path,
                   std::chrono::milliseconds timeout) {
    return ask(std::move(host), port,
               fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path),
               timeout);
}

Result<Answer> post(std::string host, std::uint16_t port, std::string path,
                    std::chrono::milliseconds timeout) {
    return ask(std::move(host), port,
               fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\nX-Mailhold: yes\r\n"
                           "Content-Length: 0\r\nConnection: close\r\n\r\n",
                           path),
               timeout);
}

}  // namespace mailhold::http
