#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace tunnelkeyd::testing {

/// A TCP port of 127.0.0.1 whose backlog is full, so that the kernel answers no further SYN.
class silent_port {
public:
    silent_port() : silent_port("127.0.0.1", 0) {}
    /// Any other address of the loopback network, and this port of it; 0 for any.
    silent_port(const char* address, std::uint16_t number);
    ~silent_port();
    silent_port(const silent_port&) = delete;
    silent_port& operator=(const silent_port&) = delete;

    [[nodiscard]] std::uint16_t number() const { return number_; }

private:
    std::vector<int> sockets_;
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

/// A name server on 127.0.0.1 that knows IPv4 addresses; other names do not exist.
class name_server {
public:
    explicit name_server(std::map<std::string, std::vector<std::string>> names = {});
    ~name_server();
    name_server(const name_server&) = delete;
    name_server& operator=(const name_server&) = delete;

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

private:
    void serve() const;

    std::map<std::string, std::vector<std::string>> names_;
    std::uint16_t port_ = 0;
    int socket_;
    std::thread serving_;
};

}  // namespace tunnelkeyd::testing
