#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace tunnelkeyd::testing {

/// A TCP port of 127.0.0.1 at which a server of a test's own listens.
class listening_port {
public:
    /// Ignores SIGPIPE from then on: OpenSSL writes to sockets without MSG_NOSIGNAL.
    listening_port();
    ~listening_port();
    listening_port(const listening_port&) = delete;
    listening_port& operator=(const listening_port&) = delete;

    [[nodiscard]] std::uint16_t number() const { return number_; }
    /// Waits for a connection; its descriptor is the caller's. -1: nobody comes any more.
    [[nodiscard]] int accept() const;
    /// Ends accept(), on any thread.
    void stop() const;

private:
    std::uint16_t number_ = 0;
    int socket_;
};

/// A TCP port of 127.0.0.1 whose backlog is full, so that the kernel answers no further SYN.
class silent_port {
public:
    silent_port() : silent_port("127.0.0.1", 0) {}
    /// Any other address of this machine, and this port of it; 0 for any.
    silent_port(const std::string& address, std::uint16_t number);
    ~silent_port();
    silent_port(const silent_port&) = delete;
    silent_port& operator=(const silent_port&) = delete;

    [[nodiscard]] std::uint16_t number() const { return number_; }
    /// Room in the backlog: the kernel answers the next SYN, also one that it has seen before and is sent
    /// again.
    void answer();
    /// Waits for a connection that is open on the other side, for half a minute at most; -1: there is none. Its
    /// descriptor is the caller's.
    [[nodiscard]] int accept() const;

private:
    std::vector<int> sockets_;  ///< the one that listens, then those that fill its backlog
    std::uint16_t number_ = 0;
};

/// A TCP port of 127.0.0.1 that is taken, and refuses connections since nobody listens.
class refusing_port {
public:
    refusing_port();
    ~refusing_port();
    refusing_port(const refusing_port&) = delete;
    refusing_port& operator=(const refusing_port&) = delete;

    [[nodiscard]] std::uint16_t number() const { return number_; }

private:
    std::uint16_t number_ = 0;
    int socket_;
};

inline const std::vector<std::string> never_answered;
// Among the addresses of a name: the question for this family is never answered, or when release() is called.
inline const std::string silent_v4 = "silent v4";
inline const std::string silent_v6 = "silent v6";
inline const std::string held_v6 = "held v6";
inline const std::string lost_once = "lost once";  ///< the first question for each family is not answered

/// A name server on 127.0.0.1 that knows addresses; other names do not exist.
class name_server {
public:
    explicit name_server(std::map<std::string, std::vector<std::string>> names = {});
    ~name_server();
    name_server(const name_server&) = delete;
    name_server& operator=(const name_server&) = delete;

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    /// Waits for a held question, and answers.
    void release();

private:
    void serve();
    void answer(const std::string& query, sockaddr_in from);

    std::map<std::string, std::vector<std::string>> names_;
    std::uint16_t port_ = 0;
    int socket_;
    std::set<bool> asked_;  ///< whether for IPv4
    bool holds_ = false;    ///< a question; when it is asked again, it is the same one
    std::promise<std::function<void()>> held_;
    std::thread serving_;
};

/// How many descriptors this process has.
std::size_t open_descriptors();

}  // namespace tunnelkeyd::testing
