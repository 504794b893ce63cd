const list = '/orders';
await api.delete(`/orders/${id}`);
api.post('/refunds', {});
open('/etc/hosts');
