// The two handshakes. Answers are read octet by octet where their length is not known: what follows them
// is the origin's, which may speak first.
#include "imap/net/proxy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace mailhold::imap::net {
namespace {

constexpr std::size_t longest_head = 8 << 10;

std::string base64(std::string_view octets) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 |
                    (i + j < octets.size() ? static_cast<unsigned char>(octets[i + j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            text += i + j <= octets.size() ? digits[group >> (18 - 6 * j) & 63] : '=';
    }
    return text;
}

std::unexpected<Error> refused(const Proxy& proxy, std::string_view why) {
    return fail(Errc::network, fmt::format("proxy {} port {}: {}", proxy.host, proxy.port, why));
}

awaitable<Status> say(Stream& stream, std::string octets, Deadline deadline) {
    std::vector<std::string_view> pieces{octets};
    co_return co_await stream.write(std::move(pieces), deadline);
}

awaitable<Result<std::string>> hear(Stream& stream, std::size_t size, Deadline deadline) {
    std::string octets;
    while (octets.size() < size) {
        auto more = co_await stream.read_some(deadline, size - octets.size());
        if (!more) co_return std::unexpected(more.error());
        if (more->empty()) co_return fail(Errc::network, "the proxy closed the connection");
        octets += *more;
    }
    co_return octets;
}

std::string_view socks_problem(unsigned char code) {
    constexpr std::string_view texts[] = {"general failure",     "not allowed by its rules",
                                          "network unreachable", "host unreachable",
                                          "connection refused",  "time ran out",
                                          "unknown command",     "unknown kind of address"};
    return code >= 1 && code <= std::size(texts) ? texts[code - 1] : "refused";
}

// RFC 1929.
awaitable<Status> give_password(Stream& stream, const Proxy& proxy, Deadline deadline) {
    std::string login = "\1";
    login += static_cast<char>(proxy.user.size());
    login += proxy.user;
    login += static_cast<char>(proxy.password.size());
    login += proxy.password;
    auto said = co_await say(stream, std::move(login), deadline);
    if (!said) co_return said;
    auto verdict = co_await hear(stream, 2, deadline);
    if (!verdict) co_return std::unexpected(verdict.error());
    if ((*verdict)[1] != 0) co_return refused(proxy, "wrong user or password");
    co_return Status{};
}

awaitable<Status> socks(Stream& stream, const Proxy& proxy, std::string host, std::uint16_t port,
                        Deadline deadline) {
    if (host.size() > 255 || proxy.user.size() > 255 || proxy.password.size() > 255)
        co_return refused(proxy, "a name or password of over 255 octets");
    const bool anonymous = proxy.user.empty();
    std::string offer = anonymous ? std::string("\5\1\0", 3) : std::string("\5\2\0\2", 4);
    auto said = co_await say(stream, std::move(offer), deadline);
    if (!said) co_return said;
    auto chosen = co_await hear(stream, 2, deadline);
    if (!chosen) co_return std::unexpected(chosen.error());
    if ((*chosen)[0] != 5) co_return refused(proxy, "it does not speak SOCKS5");
    if ((*chosen)[1] == 2 && !anonymous) {
        said = co_await give_password(stream, proxy, deadline);
        if (!said) co_return said;
    } else if ((*chosen)[1] != 0) {
        co_return refused(proxy, "it takes none of our ways to log in");
    }
    std::string request("\5\1\0\3", 4);  // CONNECT to a name
    request += static_cast<char>(host.size());
    request += host;
    request += static_cast<char>(port >> 8);
    request += static_cast<char>(port & 0xff);
    said = co_await say(stream, std::move(request), deadline);
    if (!said) co_return said;
    auto head = co_await hear(stream, 5, deadline);  // with the first octet of the bound address
    if (!head) co_return std::unexpected(head.error());
    if ((*head)[1] != 0)
        co_return refused(proxy, socks_problem(static_cast<unsigned char>((*head)[1])));
    std::size_t rest = 0;  // of the address, and a port
    if ((*head)[3] == 1) rest = 3 + 2;
    if ((*head)[3] == 4) rest = 15 + 2;
    if ((*head)[3] == 3) rest = static_cast<unsigned char>((*head)[4]) + std::size_t{2};
    if (rest == 0) co_return refused(proxy, "it does not speak SOCKS5");
    auto bound = co_await hear(stream, rest, deadline);
    if (!bound) co_return std::unexpected(bound.error());
    co_return Status{};
}

awaitable<Status> http_connect(Stream& stream, const Proxy& proxy, std::string host,
                               std::uint16_t port, Deadline deadline) {
    const auto authority =
        fmt::format("{}:{}", host.contains(':') ? fmt::format("[{}]", host) : host, port);
    auto request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", authority);
    if (!proxy.user.empty())
        request += fmt::format("Proxy-Authorization: Basic {}\r\n",
                               base64(proxy.user + ":" + proxy.password));
    auto said = co_await say(stream, request + "\r\n", deadline);
    if (!said) co_return said;
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
        if (head.size() > longest_head) co_return refused(proxy, "an answer without end");
        auto octet = co_await hear(stream, 1, deadline);
        if (!octet) co_return std::unexpected(octet.error());
        head += *octet;
    }
    auto line = head.substr(0, std::min<std::size_t>(head.find('\r'), 100));
    if (line.starts_with("HTTP/1.") && line.size() >= 12 && line.substr(8, 2) == " 2")
        co_return Status{};
    std::ranges::replace_if(line, [](char c) { return c < ' ' || c > '~'; }, '?');
    co_return refused(proxy, fmt::format("it answers {}", line));
}

}  // namespace

awaitable<Result<Stream>> connect_by(std::optional<Proxy> proxy, std::string host,
                                     std::uint16_t port, Deadline deadline) {
    if (!proxy) co_return co_await Stream::connect(std::move(host), port, deadline);
    auto stream = co_await Stream::connect(proxy->host, proxy->port, deadline);
    if (!stream) co_return stream;
    Status through;
    if (proxy->kind == Proxy::Kind::socks5)
        through = co_await socks(*stream, *proxy, std::move(host), port, deadline);
    else
        through = co_await http_connect(*stream, *proxy, std::move(host), port, deadline);
    if (!through) co_return std::unexpected(through.error());
    co_return stream;
}

}  // namespace mailhold::imap::net
