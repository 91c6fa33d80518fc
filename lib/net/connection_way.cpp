#include "net/connection.hpp"
#include "net/name_lookup.hpp"

#include <utility>

// How a connection finds its way, and how it tells of it.

namespace tunnelkeyd::net {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using stage = core::way::stage;

namespace {

core::duration since(steady_clock::time_point began) {
    return std::chrono::floor<core::duration>(steady_clock::now() - began);
}

}  // namespace

asio::awaitable<std::string> connection::look_up(time_point deadline,
                                                 std::vector<asio::ip::address>* addresses) {
    const auto began = steady_clock::now();
    lookup_ = std::make_unique<name_lookup>(loop_, name_servers_);
    co_await lookup_->run(next_hop().host, deadline);
    if (lookup_->addresses().empty())
        co_return "cannot look up " + next_hop().host + ": " +
            (lookup_->problem().empty() ? "no answer" : lookup_->problem());
    *addresses = lookup_->addresses();
    lookup_.reset();
    if (examined_) {
        examined_->look_up_took = since(began);
        for (const auto& each : *addresses)
            examined_->addresses.push_back(each.to_string());
    }
    co_return "";
}

asio::awaitable<core::way> connection::examine(tls_contexts::result tls, core::duration limit) {
    core::way found;
    examined_ = &found;
    const auto began = steady_clock::now();
    peer_ = {std::make_shared<tls_sessions>(), std::move(tls.context), ""};
    found.proxy = hop_.proxy;
    found.proxy_why = hop_.why;
    if (hop_.problem.empty()) {
        found.problem = co_await reach(began + limit);
    } else {
        found.ended_at = stage::proxy;
        found.problem = hop_.problem;
    }
    found.connection_took = since(began) - found.look_up_took.value_or(core::duration(0)) - found.proxy_took;
    if (found.problem.empty() && where_.url.is_https()) {
        const auto connected = steady_clock::now();
        found.ended_at = stage::tls;
        found.problem = std::move(tls.problem);
        if (found.problem.empty())
            found.problem = co_await shake_hands(began + limit);
        found.tls_took = since(connected);
    }
    examined_ = nullptr;
    if (found.problem.empty()) {
        found.ended_at = stage::whole;
        close();
    } else if (!certificate_failure_.problem.empty()) {
        found.problem = certificate_failure_.problem;
        found.remedy = certificate_failure_.remedy;
    } else if (!proxy_failure_.problem.empty()) {
        found.problem = proxy_failure_.problem;
        found.remedy = proxy_failure_.remedy;
    }
    if (!found.problem.empty() && certificate_failure_.problem.empty() && steady_clock::now() >= began + limit)
        found.problem = "no connection within " + core::to_string(limit) + ": " + found.problem;
    co_return found;
}

void connection::note_tls(const SSL* connected) {
    examined_->tls_version = SSL_get_version(connected);
    examined_->cipher = SSL_get_cipher_name(connected);
    examined_->chain = describe_chain(SSL_get0_verified_chain(connected));
}

}  // namespace tunnelkeyd::net
