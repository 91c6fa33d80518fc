#pragma once

namespace tunnelkeyd::ports {

class random {
public:
    virtual ~random() = default;

    /// Uniform over [0, 1).
    virtual double uniform() = 0;
};

}  // namespace tunnelkeyd::ports
