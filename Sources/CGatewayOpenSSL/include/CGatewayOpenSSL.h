#ifndef CGATEWAYOPENSSL_H
#define CGATEWAYOPENSSL_H

#include "gateway_tls.h"
#include "gateway_x509.h"

#endif
