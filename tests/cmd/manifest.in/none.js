const none = 'of it'
