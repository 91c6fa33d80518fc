#include "serve/health_server.hpp"

#include "serve/accept.hpp"
#include "serve/listen.hpp"
#include "serve/server_state.hpp"

#include <utility>

namespace tunnelkeyd::serve {

health_server::health_server(boost::asio::io_context& loop, const core::listen_address& where, look look_at,
                             const metrics_registry& metrics, server_limits limits) {
    auto listening = listen_at(loop, where);
    address_ = text_of(listening.local_endpoint());
    state_ = std::make_shared<server_state>(loop, std::move(listening), std::move(look_at), metrics, limits);
    begin_accepting(state_);
}

health_server::~health_server() {
    state_->stop();
}

}  // namespace tunnelkeyd::serve
